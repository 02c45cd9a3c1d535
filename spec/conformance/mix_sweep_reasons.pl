# R61 R62 R63 R66 R67 R71 R72: sessions that lose their last reason in one slice, each by another way
use strict; use warnings; use POE;
$| = 1;

my (%s, %back, %timer);
sub session { my ($n, $start) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { $s{$n} = $_[SESSION]->ID; $start->($_[KERNEL], $_[SESSION]) },
    do     => sub { print "$n do\n"; $_[ARG0]->($_[KERNEL]) if $_[ARG0] },
    x      => sub { print "$n x\n" },
    _child => sub { print "$n $_[ARG0] ", $_[ARG1]->get_heap, "\n" if $_[ARG0] ne "create" },
    _parent => sub { print "$n parent\n" },
    _stop  => sub { print "$n stop\n" },
  });
}
session("count", sub { $_[0]->refcount_increment($_[1]->ID, "t") });
session("postback", sub { $back{p} = $_[1]->postback("x") });
session("callback", sub { $back{c} = $_[1]->callback("x") });
session("timer", sub { $timer{id} = $_[0]->delay_set(x => 60) });
session("alarms", sub { $_[0]->delay(x => 60); $_[0]->delay_add(x => 61) });
session("parent", sub { session("child", sub { $_[0]->refcount_increment($_[1]->ID, "t") }) });
session("leaves", sub { session("left", sub { $_[0]->refcount_increment($_[1]->ID, "t") }) });
session("posts", sub { $_[0]->delay(do => 0.02, sub { $_[0]->post($s{keeper}, "x") }) });
session("keeper", sub { $_[0]->delay(do => 0.1) });
POE::Session->create(heap => "D", inline_states => {
  _start => sub { $_[KERNEL]->delay(go => 0.03) },
  go     => sub { my $k = $_[KERNEL]; print "go\n";
    $k->refcount_decrement($s{child}, "t");
    undef $back{p};
    $k->call($s{timer}, "do", sub { $_[0]->alarm_remove($timer{id}) });
    $k->refcount_decrement($s{count}, "t");
    $k->call($s{leaves}, "do", sub { $_[0]->detach_child($s{left}) });
    $k->call($s{alarms}, "do", sub { $_[0]->delay("x") });
    undef $back{c};
    $k->post($s{timer}, "x");
    $k->delay(then => 0.02) },
  then   => sub { print "then\n"; $_[KERNEL]->refcount_decrement($s{left}, "t"); },
  _stop  => sub { print "D stop\n" },
});
POE::Kernel->run;

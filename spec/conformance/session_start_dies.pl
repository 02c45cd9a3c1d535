# R15: an error in _start does not reach the creator; it becomes DIE
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(heap => "P", inline_states => {
  _start => sub {
    print "P:_start\n";
    $_[KERNEL]->sig(DIE => "died");
    my $child = POE::Session->create(heap => "C", inline_states => {
      _start => sub { print "C:_start\n"; die "boom\n" },
      _stop  => sub { print "C:_stop\n"; return },
    });
    print "create returned ", (ref $child ? "a session" : "nothing"), "\n";
    $_[KERNEL]->yield("next");
  },
  _child => sub { print "P:_child $_[ARG0] ", $_[ARG1]->get_heap, " ", (defined $_[ARG2] ? $_[ARG2] : "nil"), "\n" },
  died   => sub {
    my $info = $_[ARG1];
    print "P:died of $info->{event}, ", ($info->{error_str} =~ /boom/ ? "boom" : "?"),
      ", in ", $info->{dest_session}->get_heap, "\n";
    $_[KERNEL]->sig_handled;
  },
  next  => sub { print "P:next\n" },
  _stop => sub { print "P:_stop\n" },
});
POE::Kernel->run;
print "run returned\n";

print "nobody handles it:\n";
my $session = POE::Session->create(inline_states => { _start => sub { die "bang\n" }, _stop => sub { print "D:_stop\n" } });
print "create returned ", (ref $session ? "a session" : "nothing"), "\n";
my $fine = eval { POE::Kernel->run; 1 };
print "run ", ($fine ? "returned" : $@ =~ /bang/ ? "raised bang" : "raised"), "\n";

# R17 R74 R77 R81 R222 R223 R226: detaching in _stop, in _child lose, in _parent, and who is told
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub ok { $_[0] ? "ok" : "no" }
my %do;
sub session { my ($n, $life, @below) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { $_[KERNEL]->alias_set($n); $_[KERNEL]->delay(end => $life); $_->() for @below; $n },
    call   => sub { $_[ARG0]->($_[KERNEL]) },
    end    => sub { print "$n end\n"; $do{"$n end"}->($_[KERNEL]) if $do{"$n end"}; $_[KERNEL]->alias_remove($n) },
    _child => sub { print "$n $_[ARG0] ", name($_[ARG1]), " ", (defined $_[ARG2] ? $_[ARG2] : "nil"), "\n"; my $d = $do{"$n $_[ARG0] " . name($_[ARG1])}; $d->($_[KERNEL]) if $d },
    _parent => sub { print "$n parent ", name($_[ARG0]), " ", name($_[ARG1]), "\n"; $do{"$n parent"}->($_[KERNEL]) if $do{"$n parent"} },
    _stop  => sub { print "$n stop\n"; $do{"$n stop"}->($_[KERNEL]) if $do{"$n stop"}; "$n bye" },
  });
}
my @cases = (
  "in _stop, oneself" => { "C stop" => sub { print "detach: ", ok($_[0]->detach_myself), "\n" } },
  "in _stop, by a call to the parent" => { "C stop" => sub { print "detach: ", ok($_[0]->call("P", "call", sub { $_[0]->detach_child("C") })), "\n" } },
  "in lose, the lost" => { "P lose C" => sub { print "detach: ", ok($_[0]->detach_child("C")), "\n" } },
  "in lose, the sister" => { "P lose C" => sub { print "detach: ", ok($_[0]->detach_child("S")), "\n" } },
  "in _parent, the grandchild" => { "P end" => sub { $_[0]->detach_child("C") }, "C parent" => sub { print "detach: ", ok($_[0]->detach_child("G")), "\n" } },
  "in lose of a detach, another" => { "P end" => sub { $_[0]->detach_child("C") }, "P lose C" => sub { print "detach: ", ok($_[0]->detach_child("S")), "\n" } },
  "stopped in lose of a detach" => { "P end" => sub { $_[0]->detach_child("C") }, "P lose C" => sub { $_[0]->signal("C", "TERM") } },
  "a child born in _parent" => { "P end" => sub { $_[0]->detach_child("C") }, "C parent" => sub { session("N", 0.02) } },
);
while (my ($case, $what) = splice @cases, 0, 2) {
  print "-- $case\n";
  %do = %$what;
  my ($p, $c) = $do{"P end"} ? (0.02, 0.06) : (0.06, 0.04);
  session("P", $p, sub { session("C", $c, sub { session("G", 0.02) if $p > 0.02; session("G", 0.08) if $p == 0.02 }) }, sub { session("S", 0.1) });
  $poe_kernel->run;
}

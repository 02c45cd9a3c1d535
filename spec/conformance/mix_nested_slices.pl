# R231 R233 R9 R64: slices run by handlers, in _start, in a signal, with children and timers
use strict; use warnings; use POE;
$| = 1;

sub slice { my ($where) = @_; print "$where {\n"; my $r = $poe_kernel->run_one_timeslice; print "} $where\n" }
POE::Session->create(heap => "P", inline_states => {
  _start => sub { my $k = $_[KERNEL]; $k->sig(foo => "sig"); $k->yield("a"); $k->delay(t => 0.02); slice("_start"); $k->yield("b") },
  a      => sub { print "a\n"; $_[KERNEL]->yield("after a") },
  "after a" => sub { print "after a\n" },
  b      => sub { my $k = $_[KERNEL]; print "b\n"; $k->signal($_[SESSION], "foo"); $k->yield("c");
    POE::Session->create(heap => "C", inline_states => { _start => sub { print "C start\n" }, _stop => sub { print "C stop\n" } });
    slice("b") },
  sig    => sub { slice("sig"); print "sig done\n" },
  c      => sub { print "c\n"; $_[KERNEL]->yield("d") },
  d      => sub { print "d\n" },
  t      => sub { print "t\n"; $_[KERNEL]->alarm_set(t2 => 1); slice("t") },
  t2     => sub { print "t2\n" },
  _child => sub { print "P $_[ARG0] ", $_[ARG1]->get_heap, "\n" },
  _stop  => sub { print "P stop\n" },
});
POE::Kernel->run;

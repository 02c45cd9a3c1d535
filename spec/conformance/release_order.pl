# R25 R82: when arguments, timers and the heap of a session are let go
use strict; use warnings; use POE; use Scalar::Util "weaken";
$| = 1;

my %there;
sub thing { my $thing = {}; weaken($there{$_[0]} = $thing); $thing }
sub look { print "$_[0]:", (map { " $_" } grep { $there{$_} } "argument", "timer", "heap"), "\n" }
POE::Session->create(inline_states => {
  _start => sub {
    POE::Session->create(heap => thing("heap"), inline_states => {
      _start => sub { $_[KERNEL]->yield(x => thing("argument")); $_[KERNEL]->delay(never => 60, thing("timer")) },
      x      => sub { look("x"); $_[KERNEL]->yield("next") },
      next   => sub { look("next"); $_[KERNEL]->signal($_[SESSION], "TERM") },
      _stop  => sub { look("_stop") },
    });
  },
  _child => sub { look("_child $_[ARG0]"); $_[KERNEL]->yield("after") if $_[ARG0] eq "lose" },
  after  => sub { look("after") },
});
POE::Kernel->run;

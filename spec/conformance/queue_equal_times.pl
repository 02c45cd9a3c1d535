# R32: timers with the same due time fire in the order they were set
use strict; use warnings; use POE;
$| = 1;

use Time::HiRes;
my $due = Time::HiRes::time() + 0.03;
my @sessions = map {
  my $name = $_;
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->alarm_add(t => $due, $_) for 1 .. 3 },
    more   => sub { $_[KERNEL]->alarm_set(t => $due, "more") },
    t      => sub { print "$name:t $_[ARG0]\n" },
  });
} qw(A B);
$poe_kernel->call($sessions[1], "more");
$poe_kernel->call($sessions[0], "more");
$poe_kernel->run;

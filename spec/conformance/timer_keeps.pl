# R61 R65: a timer keeps its session exactly until it fires
use strict; use warnings; use POE;
$| = 1;

for my $n (1 .. 3) { POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(x => 0.02 * $n) }, x => sub { print "$n x\n" }, _stop => sub { print "$n stop\n" } }) }
POE::Kernel->run;

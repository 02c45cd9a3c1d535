# R35 R36: delay(0) and yield take turns; neither starves a timer
use strict; use warnings; use POE;
$| = 1;

my ($y, $z, $t) = (0, 0, 0);
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(z => 0); $_[KERNEL]->yield("y") },
  z => sub { $z++; print "z$z\n"; $_[KERNEL]->delay(z => 0) if $z < 3 }, y => sub { $y++; print "y$y\n"; $_[KERNEL]->yield("y") if $y < 3 } });
POE::Kernel->run;
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(t => 0.02); $_[KERNEL]->yield("loop") }, loop => sub { $_[KERNEL]->yield("loop") unless $t }, t => sub { $t = 1; print "timer\n" } });
POE::Kernel->run;

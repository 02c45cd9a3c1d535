# R35: delay(0) does not starve: it takes turns with yield
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(heap => { y => 0, z => 0 }, inline_states => {
  _start => sub { $_[KERNEL]->delay(z => 0); $_[KERNEL]->yield("y") },
  y => sub { print "y", ++$_[HEAP]{y}, "\n"; $_[KERNEL]->yield("y") if $_[HEAP]{y} < 4 },
  z => sub { print "z", ++$_[HEAP]{z}, "\n"; $_[KERNEL]->delay(z => 0) if $_[HEAP]{z} < 4 },
});
$poe_kernel->run;

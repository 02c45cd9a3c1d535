# R28: what a handler posts runs in the next slice, after the collection
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "A x\n"; $_[KERNEL]->yield("y") }, y => sub { print "A y\n" }, _stop => sub { print "A stop\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "B x\n" }, _stop => sub { print "B stop\n" } });
POE::Kernel->run;

# R70 R86: an alias keeps a session only as long as others live
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("a"); $_[KERNEL]->sig(IDLE => "idle") }, idle => sub { print "A IDLE\n" }, _stop => sub { print "A stop\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(x => 0.02) }, x => sub { print "B x\n" }, _stop => sub { print "B stop\n" } });
POE::Kernel->run; print "done\n";

# R126 R128: a child made in the handler is not touched; events made there are lost
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->sig(TERM => "term"); $_[KERNEL]->signal($_[SESSION], "TERM") }, term => sub { print "A term\n"; $_[KERNEL]->yield("lost"); POE::Session->create(inline_states => { _start => sub { print "N start\n"; $_[KERNEL]->delay(x => 0.02) }, x => sub { print "N x\n" }, _parent => sub { print "N parent ", ($_[ARG1] == $_[KERNEL] ? "kernel" : "?"), "\n" } }) }, lost => sub { print "lost?\n" }, _child => sub { print "A $_[ARG0]\n" }, _stop => sub { print "A stop\n" } });
POE::Kernel->run;

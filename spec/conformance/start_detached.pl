# R16: detaching in _start: no create, no lose for the parent
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { POE::Session->create(inline_states => {
   _start => sub { print "c start\n"; $_[KERNEL]->detach_myself; print "c detached\n" }, _parent => sub { print "c parent ", ($_[ARG1] == $_[KERNEL] ? "kernel" : "other"), "\n" }, _stop => sub { print "c stop\n" } }); print "p done\n" },
  _child => sub { print "p child $_[ARG0]\n" } });
POE::Kernel->run;

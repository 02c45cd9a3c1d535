# R17: a session made inside _stop moves to the grandparent in silence
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { POE::Session->create(inline_states => { _start => sub {},
   _stop => sub { print "c stop\n"; POE::Session->create(inline_states => { _start => sub { print "k start\n"; $_[KERNEL]->yield("go") }, go => sub { print "k go\n" }, _parent => sub { print "k parent\n" }, _stop => sub { print "k stop\n" } }); return "r" },
   _child => sub { print "c child $_[ARG0]\n" } }) },
  _child => sub { print "p child $_[ARG0]\n" }, _stop => sub { print "p stop\n" } });
POE::Kernel->run;

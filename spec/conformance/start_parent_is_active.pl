# R7: the parent is the active session, not the one whose code called
use strict; use warnings; use POE;
$| = 1;

my $s; $s = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("s") },
  spawn => sub { POE::Session->create(inline_states => { _start => sub { print "new start, sender is s: ", ($_[SENDER] == $s ? 1 : 0), "\n" } }); return },
  _child => sub { print "s child $_[ARG0]\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->call("s", "spawn"); print "called\n" }, _child => sub { print "u child\n" } });
POE::Kernel->run;

# R245: with option immediate transitions happen at once
use strict; use warnings; use POE;
$| = 1;

use POE::NFA;
my $m = POE::NFA->spawn(options => { immediate => 1 }, inline_states => {
  init => { setup => sub { print "setup\n"; $_[MACHINE]->goto_state("one", "enter"); print "after goto in $_[STATE] ", $_[MACHINE]->get_current_state, "\n" }, leave => sub { print "init leave\n" } },
  one => { enter => sub { print "one enter\n"; $_[MACHINE]->call_state("back", "two", "enter"); print "after call\n"; $_[KERNEL]->yield("tick") }, leave => sub { print "one leave\n" }, back => sub { print "one back @_[ARG0, ARG1]\n" }, tick => sub { print "one tick\n"; $_[MACHINE]->stop } },
  two => { enter => sub { print "two enter\n"; $_[MACHINE]->return_state("r1", "r2"); print "after return\n" }, leave => sub { print "two leave\n" } } });
$m->goto_state("init", "setup"); POE::Kernel->run; print "done\n";

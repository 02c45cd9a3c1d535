# R243 R244 R247 R248: the first transition at once, later ones in turn
use strict; use warnings; use POE;
$| = 1;

use POE::NFA;
my $m = POE::NFA->spawn(runstate => { n => 1 }, inline_states => {
  init => { setup => sub { print "setup in $_[STATE] $_[EVENT] $_[RUNSTATE]{n} ", ($_[SENDER] == $_[MACHINE] ? "self" : "?"), " ", defined $_[CALLER_STATE] ? 1 : "nil", "\n"; print $_[MACHINE]->goto_state("one", "enter", "a1"), "\n"; print "still ", $_[MACHINE]->get_current_state, "\n"; $_[KERNEL]->yield(tick => 1); $_[KERNEL]->yield(tick => 2) }, leave => sub { print "init leave\n" }, tick => sub { print "init tick\n" } },
  one => { enter => sub { print "one enter $_[ARG0]\n" }, tick => sub { print "one tick $_[ARG0] $_[CALLER_STATE]\n"; $_[MACHINE]->stop if $_[ARG0] == 2; $_[KERNEL]->yield("lost"); print "after stop\n" if $_[ARG0] == 2 }, lost => sub { print "lost\n" } } });
print $m->get_current_state, "\n"; $m->goto_state("init", "setup"); print "returned\n";
POE::Kernel->run; print "done\n";

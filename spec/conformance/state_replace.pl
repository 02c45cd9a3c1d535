# R204: a handler added or replaced at run time serves events already queued
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("x") },
  x      => sub { $_[KERNEL]->yield("r", 1); $_[KERNEL]->yield("chg"); $_[KERNEL]->yield("r", 2); $_[KERNEL]->yield("new", 3) },
  r      => sub { print "r(old) $_[ARG0]\n" },
  chg    => sub {
    print "chg\n";
    $_[KERNEL]->state(r => sub { print "r(new) $_[ARG0], state $_[STATE]\n"; $_[KERNEL]->yield("last") });
    $_[KERNEL]->state(new => sub { print "new $_[ARG0], state $_[STATE]\n" });
    $_[KERNEL]->call($_[SESSION], "new", "called at once");
  },
  last => sub { print "last\n"; $_[KERNEL]->state(last => sub { print "last again\n" }); $_[KERNEL]->yield("last") },
});
POE::Kernel->run;

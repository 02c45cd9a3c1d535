# R246 R252: call_state and return_state; state() works in every state
use strict; use warnings; use POE;
$| = 1;

use POE::NFA;
my $m = POE::NFA->spawn(inline_states => {
  one => { enter => sub { $_[KERNEL]->state(extra => sub { print "extra in $_[STATE]\n" }); $_[KERNEL]->yield("extra"); $_[MACHINE]->call_state("back", "two", "enter", 5) }, leave => sub { print "one leave\n" }, back => sub { print "one back $_[ARG0] $_[ARG1]\n"; $_[KERNEL]->yield("extra"); $_[KERNEL]->yield("unknown", "x") ; $_[KERNEL]->yield("bye") }, _default => sub { print "default $_[ARG0] @{$_[ARG1]}\n" if $_[ARG0] !~ /^_/; 0 }, bye => sub { $_[MACHINE]->stop } },
  two => { enter => sub { print "two enter $_[ARG0]\n"; $_[KERNEL]->yield("extra"); $_[MACHINE]->return_state("r1", "r2") }, leave => sub { print "two leave\n" } } });
$m->goto_state("one", "enter"); POE::Kernel->run; print "done\n";

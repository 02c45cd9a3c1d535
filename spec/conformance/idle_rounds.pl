# R87 R88 R90 R95: IDLE, ZOMBIE, and what keeps life going
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("s"); $_[KERNEL]->sig(IDLE => "idle"); $_[KERNEL]->sig(ZOMBIE => "zombie") }, idle => sub { print "idle $_[ARG0]\n"; $_[KERNEL]->sig_handled; $_[KERNEL]->yield("work") if $_[HEAP]{n}++ < 2 }, work => sub { print "work\n" }, zombie => sub { print "zombie\n"; $_[KERNEL]->sig_handled; $_[KERNEL]->yield("work") }, _stop => sub { print "stop\n" } });
POE::Kernel->run; print "done\n";

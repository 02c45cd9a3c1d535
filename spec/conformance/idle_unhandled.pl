# R89 R91 R92: work without sig_handled is lost; a child's word saves the parent
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("a"); $_[KERNEL]->sig(IDLE => "idle") }, idle => sub { print "a idle\n"; $_[KERNEL]->yield("work") }, work => sub { print "a work\n" }, _stop => sub { print "a stop\n" } });
POE::Kernel->run;
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("p"); $_[KERNEL]->sig(IDLE => "idle"); POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("c"); $_[KERNEL]->sig(IDLE => "idle") }, idle => sub { print "c idle\n"; return if $_[HEAP]{n}++; $_[KERNEL]->sig_handled; $_[KERNEL]->yield("work") }, work => sub { print "c work\n" }, _stop => sub { print "c stop\n" } }) }, idle => sub { print "p idle\n" }, _child => sub { print "p $_[ARG0]\n" }, _stop => sub { print "p stop\n" } });
POE::Kernel->run;

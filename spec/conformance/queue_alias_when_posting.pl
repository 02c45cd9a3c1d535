# R23: an alias is resolved when posting
use strict; use warnings; use POE;
$| = 1;

my ($a, $b);
$a = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("x"); $_[KERNEL]->yield("go") }, go => sub { $_[KERNEL]->post("x", "e", 1); $_[KERNEL]->alias_remove("x"); $_[KERNEL]->call($b, "take"); $_[KERNEL]->post("x", "e", 2) }, e => sub { print "a got $_[ARG0]\n" } });
$b = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay("e", 0.01, "timer") }, take => sub { $_[KERNEL]->alias_set("x") }, e => sub { print "b got $_[ARG0]\n" } });
POE::Kernel->run;

# R98 R99 R110: alarm and delay replace by name, the others add
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; $k->delay(e => 0.01, 1); $k->delay(e => 0.02, 2); $k->alarm(e => time + 1, 3); $k->delay(e => 0.03, 4); $k->delay_set(e => 0.005, 5); $k->delay_add(e => 0.04, 6); $k->delay_set(f => 0.01, 7); $k->delay("f"); $k->yield("f", 8); $k->delay("f"); $k->delay(g => 0.01, 9) }, e => sub { print "e $_[ARG0]\n" }, f => sub { print "f $_[ARG0]\n" }, g => sub { print "g $_[ARG0]\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(e => 0.015, "other"); $_[KERNEL]->delay("g") }, e => sub { print "e $_[ARG0]\n" } });
POE::Kernel->run;

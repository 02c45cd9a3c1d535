# R58 R69: a sender lives until its message is handled, so that it can be answered
use strict; use warnings; use POE;
$| = 1;

my $y = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(end => 0.02) }, e => sub { print "y e\n"; $_[KERNEL]->post($_[SENDER], "reply") }, end => sub { print "y end\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "x x\n"; $_[KERNEL]->post($y, "e") }, reply => sub { print "x reply\n" }, _stop => sub { print "x stop\n" } });
POE::Kernel->run;

# R67 R68: posting to a marked session, or from _child lose, keeps it alive
use strict; use warnings; use POE;
$| = 1;

my $a = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "A x\n" }, again => sub { print "A again\n" }, _stop => sub { print "A stop\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "B x\n"; $_[KERNEL]->post($a, "again") }, _stop => sub { print "B stop\n" } });
POE::Kernel->run;
POE::Session->create(inline_states => { _start => sub { POE::Session->create(inline_states => { _start => sub {}, _stop => sub { print "C stop\n" } }) }, _child => sub { print "P $_[ARG0]\n"; $_[KERNEL]->yield("after") if $_[ARG0] eq "lose" }, after => sub { print "P after\n" }, _stop => sub { print "P stop\n" } });
POE::Kernel->run;

# R33: a past alarm set inside a handler runs in the same slice, first
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "A x\n"; $_[KERNEL]->yield("y"); $_[KERNEL]->alarm(past => time - 10) }, past => sub { print "A past\n" }, y => sub { print "A y\n" } });
for my $n ("B", "C") { POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "$n x\n"; $_[KERNEL]->yield("y") if $n eq "C" }, y => sub { print "$n y\n" } }) }
POE::Kernel->run;

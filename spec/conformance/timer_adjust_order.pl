# R105 R108: adjusting to an occupied time goes last; to the past fires in this slice
use strict; use warnings; use POE;
$| = 1;

use Time::HiRes 'time';
POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; my $at = time + 0.02; my %t; $t{$_} = $k->alarm_set("t", $at, $_) for 1 .. 4; $k->alarm_adjust($t{1}, 0); $k->alarm_adjust($t{2}, 1); $k->alarm_adjust($t{2}, -1) }, t => sub { print "t$_[ARG0]\n" } });
POE::Kernel->run;
POE::Session->create(inline_states => { _start => sub { $_[HEAP]{t} = $_[KERNEL]->delay_set(t => 10); $_[KERNEL]->yield("go") }, go => sub { print "A go\n"; $_[KERNEL]->yield("y"); $_[KERNEL]->alarm_adjust($_[HEAP]{t}, -20) }, t => sub { print "A t\n" }, y => sub { print "A y\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "B x\n" } });
POE::Kernel->run;

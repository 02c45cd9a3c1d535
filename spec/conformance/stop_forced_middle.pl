# R74 R75 R79 R127: the end of a session with children
use strict; use warnings; use POE;
$| = 1;

sub kid { my $n = shift; POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = $n; $_[KERNEL]->delay(x => 0.03) }, x => sub { print "$n x\n" }, _parent => sub { print "$n parent\n" }, _stop => sub { print "$n stop\n"; "r$n" } }) }
POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = "M"; kid("M1"); $_[KERNEL]->yield("end") }, end => sub { $_[KERNEL]->detach_child($_[HEAP]{none} || 0); $_[KERNEL]->signal($_[SESSION], "KILL"); print "M signalled\n" }, _child => sub { print "M child $_[ARG0] ", $_[ARG1]->get_heap->{n}, " ", defined $_[ARG2] ? $_[ARG2] : "nil", "\n" if $_[ARG0] ne "create" }, _stop => sub { print "M stop\n" } });
POE::Kernel->run;

# R130 R133 R140: a signal to the kernel reaches all; run returns and can run again
use strict; use warnings; use POE;
$| = 1;

for my $n ("A", "B") { POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(never => 9); $_[KERNEL]->sig(USR2 => "u", $n) }, u => sub { print "$n u $_[ARG0] $_[ARG1] $_[ARG2]\n" if $n eq "A" or 1 }, never => sub { print "never\n" }, _stop => sub { print "$n stop\n" } }) }
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->sig(USR2 => "missing", "ex"); $_[KERNEL]->yield("go") }, go => sub { $_[KERNEL]->signal($_[KERNEL], "USR2", "hi"); $_[KERNEL]->delay(end => 0.02) }, _default => sub { print "default $_[ARG0] @{$_[ARG1]}\n" if $_[ARG0] !~ /^_/; 0 }, end => sub { $_[KERNEL]->signal($_[KERNEL], "TERM") }, _stop => sub { print "C stop\n" } });
POE::Kernel->run; print "returned\n";
POE::Session->create(inline_states => { _start => sub { print "again\n" } }); POE::Kernel->run;

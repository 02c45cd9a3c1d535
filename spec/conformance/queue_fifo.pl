# R19 R24: first in, first out, across the whole process
use strict; use warnings; use POE;
$| = 1;

for my $n ("A", "B") { POE::Session->create(inline_states => { _start => sub { my @l = ("x"); $_[KERNEL]->yield("t1", @l, \@l); @l = ("changed"); $_[KERNEL]->yield("t2") },
  t1 => sub { print "$n t1 $_[ARG0] $_[ARG1][0]\n" }, t2 => sub { print "$n t2\n" } }) }
my $sum = 0; my $last = 0; my $ok = 1;
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("n", $_) for 1 .. 1000 }, n => sub { $ok = 0 if $_[ARG0] != $last + 1; $last = $_[ARG0]; print "1000 in order: $ok\n" if $last == 1000 } });
POE::Kernel->run;

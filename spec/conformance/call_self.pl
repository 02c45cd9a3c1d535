# R50 R51: a call to oneself is a plain call, and nests deeply
use strict; use warnings; use POE;
$| = 1;

no warnings 'recursion';
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("go") }, go => sub { my $r = eval { $_[KERNEL]->call($_[SESSION], "boom"); 1 }; print $r ? "no error\n" : "error is the caller's\n"; print $_[KERNEL]->call($_[SESSION], "deep", 500), "\n"; print $_[KERNEL]->call($_[SESSION], "who"), "\n" },
  boom => sub { die "x\n" }, deep => sub { my $n = $_[ARG0]; return $n ? 1 + $_[KERNEL]->call($_[SESSION], "deep", $n - 1) : 0 }, who => sub { ($_[SENDER] == $_[SESSION] ? "self " : "other ") . $_[CALLER_STATE] } });
POE::Kernel->run;

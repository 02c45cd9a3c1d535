# R12 R13: args are spread, heap is what was given
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(args => ["a", undef, "c"], heap => "own", inline_states => { _start => sub { print scalar(@_) - ARG0, " $_[ARG0] ", defined $_[ARG1] ? 1 : "nil", " $_[ARG2] $_[HEAP]\n" } });
POE::Session->create(args => "single", inline_states => { _start => sub { print "$_[ARG0] ", ref $_[HEAP] ? "table" : "none", "\n"; print $_[SESSION]->get_heap == $_[HEAP] ? "same\n" : "other\n" } });
POE::Kernel->run;

# R5: _start's result reaches the parent, the first value only
use strict; use warnings; use POE;
$| = 1;

for my $v ([], ["one"], ["one", "two"]) { POE::Session->create(inline_states => {
  _start => sub { POE::Session->create(inline_states => { _start => sub { return @$v == 2 ? $v->[0] : $v->[0] } }) },
  _child => sub { print "$_[ARG0] ", defined $_[ARG2] ? $_[ARG2] : "nil", "\n" } }) }
POE::Kernel->run;

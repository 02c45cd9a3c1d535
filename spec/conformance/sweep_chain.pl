# R64 R66: a chain ends from its leaf, parents right after their last child
use strict; use warnings; use POE;
$| = 1;

sub mk { my ($n, @k) = @_; POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = $n; mk(@k) if @k }, _child => sub { print "$n $_[ARG0] ", $_[ARG1]->get_heap->{n}, "\n" }, _stop => sub { print "$n stop\n" } }) }
mk("P", "C", "G"); POE::Kernel->run;

# R62 R63: collected at the end of the slice, the last idle one first
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { for my $n ("C1", "C2", "C3") { POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = $n }, _stop => sub { print "$n stop\n" } }) } },
  _child => sub { print "p $_[ARG0] ", $_[ARG1]->get_heap->{n}, "\n" }, _stop => sub { print "p stop\n" } });
my $b = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "b x\n" }, _stop => sub { print "b stop\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "b still resolves: ", ($_[KERNEL]->alias_resolve($b->ID) ? 1 : 0), "\n" } });
POE::Kernel->run;

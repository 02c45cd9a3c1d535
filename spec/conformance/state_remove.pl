# R207: without its handler an event goes to _default, else it is dropped
use strict; use warnings; use POE;
$| = 1;

sub session {
  my ($name, %more) = @_;
  POE::Session->create(inline_states => { %more,
    _start => sub { $_[KERNEL]->yield($_) for qw(e remove e unknown remove restore e) },
    e      => sub { print "$name:e\n" },
    remove => sub { print "$name:remove\n"; $_[KERNEL]->state("e"); $_[KERNEL]->state("never had") },
    restore => sub { $_[KERNEL]->state(e => sub { print "$name:e restored\n" }) },
    _stop  => sub { print "$name:_stop\n" },
  });
}
session("A");
POE::Kernel->run;
session("B", _default => sub { print "B:_default $_[ARG0]\n"; return });
POE::Kernel->run;

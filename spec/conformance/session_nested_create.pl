# R4 R6 R8: nested creation is announced inside out; no _parent
use strict; use warnings; use POE;
$| = 1;

sub tree {
  my ($name, @rest) = @_;
  POE::Session->create(heap => $name, inline_states => {
    _start  => sub { print "$name:_start\n"; tree(@rest) if @rest; print "$name:_start ends\n" },
    _child  => sub { print "$name:_child $_[ARG0] ", $_[ARG1]->get_heap, "\n" },
    _parent => sub { print "$name:_parent\n" },
    _stop   => sub { print "$name:_stop\n" },
  });
  print "$name created\n";
}
tree("P", "C", "G", "H");
POE::Kernel->run;

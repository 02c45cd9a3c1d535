# R17: a session made inside _stop is moved to the grandparent without a word
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub session {
  my ($name, %states) = @_;
  POE::Session->create(heap => $name, inline_states => {
    _start  => sub { print "$name:_start\n" },
    _child  => sub { print "$name:_child $_[ARG0] ", name($_[ARG1]), "\n" },
    _parent => sub { print "$name:_parent ", name($_[ARG0]), " -> ", name($_[ARG1]), "\n" },
    _stop   => sub { print "$name:_stop\n" },
    %states,
  });
}
session("G", _start => sub {
  session("P", _stop => sub {
    print "P:_stop\n";
    session("K", _start => sub { print "K:_start\n"; $_[KERNEL]->delay(go => 0.02) }, go => sub { print "K:go\n" });
    print "P:_stop ends\n";
  });
});
POE::Kernel->run;

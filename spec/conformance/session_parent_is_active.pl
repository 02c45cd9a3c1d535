# R7: the parent is the active session, not the one whose code called
use strict; use warnings; use POE;
$| = 1;

sub session {
  my ($name, %states) = @_;
  POE::Session->create(heap => $name, inline_states => {
    _start => sub { print "$name:_start from ", ($_[SENDER] == $poe_kernel ? "kernel" : $_[SENDER]->get_heap), "\n" },
    _child => sub { print "$name:_child $_[ARG0] ", $_[ARG1]->get_heap, "\n" },
    %states,
  });
}
my $s;
my $helper = sub { session($_[0]) };   # code that any session may run
$s = session("S", spawn => sub { print "S:spawn\n"; $helper->($_[ARG0]); print "S:spawn ends\n" });
session("U",
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub {
    $_[KERNEL]->call($s, "spawn", "N");
    $helper->("own");
    print "U:go ends\n";
  });
POE::Kernel->run;

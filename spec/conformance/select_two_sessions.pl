# R182: two sessions may watch one descriptor
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my ($a, $b) = pair();
syswrite $b, "x";
for my $n (1, 2) {
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->select_read($a, "rd", $n); $_[KERNEL]->yield("event") },
    rd => sub { print "ready\n"; $_[KERNEL]->select_read($a); print "wrong extra\n" if $_[ARG2] != $n },
    event => sub { print "event\n" },
  });
}
POE::Kernel->run;

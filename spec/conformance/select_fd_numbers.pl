# R172: a descriptor's number serves as well as its handle
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my ($a, $b) = pair();
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->select_read($a, "rd"); syswrite $b, "x" },
  rd => sub {
    print "rd ", fileno $_[ARG0] == fileno $a ? "the same descriptor" : "another", "\n";
    $_[KERNEL]->select_read($a);
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R178: a read handler that clears the descriptor takes the write event of its slice back
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    syswrite $_[HEAP]{b}, "x";
    $_[KERNEL]->select($_[HEAP]{a}, "rd", "wr");
    $_[KERNEL]->yield("event");
  },
  rd => sub { print "rd\n"; $_[KERNEL]->select($_[ARG0]) },
  wr => sub { print "wr\n" },
  event => sub { print "event\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R176: no event name: the watching ends
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    syswrite $_[HEAP]{b}, "x";
    $_[KERNEL]->select_read($_[HEAP]{a}, "rd");
    $_[KERNEL]->select_write($_[HEAP]{a}, "wr");
  },
  rd => sub { print "rd\n"; $_[KERNEL]->select_read($_[ARG0], undef) },
  wr => sub { print "wr\n"; $_[KERNEL]->select_write($_[ARG0]) if ++$_[HEAP]{n} == 2 },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R178: one handle's handler takes another handle's write event of the same slice back
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    ($_[HEAP]{c}, $_[HEAP]{d}) = pair();
    syswrite $_[HEAP]{b}, "x";
    $_[KERNEL]->select_read($_[HEAP]{a}, "rd");
    $_[KERNEL]->select_write($_[HEAP]{c}, "wr");
    $_[KERNEL]->yield("event");
  },
  rd => sub { print "rd\n"; $_[KERNEL]->select_read($_[ARG0]); $_[KERNEL]->select_write($_[HEAP]{c}) },
  wr => sub { print "wr\n" },
  event => sub { print "event\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

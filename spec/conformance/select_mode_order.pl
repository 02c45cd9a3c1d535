# R173: all reads before all writes
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    for my $n (1, 2) {
      my ($a, $b) = pair();
      $_[HEAP]{$n} = $b;
      syswrite $b, "x";
      $_[KERNEL]->select_write($a, "wr");
      $_[KERNEL]->select_read($a, "rd");
    }
    $_[KERNEL]->yield("event");
  },
  rd => sub { print "rd\n"; $_[KERNEL]->select_read($_[ARG0]) },
  wr => sub { print "wr\n"; $_[KERNEL]->select_write($_[ARG0]) },
  event => sub { print "event\n" },
});
POE::Kernel->run;

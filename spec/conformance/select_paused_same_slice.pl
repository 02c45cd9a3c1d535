# R178 R180: pausing does not take back the write event of the same slice
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    syswrite $_[HEAP]{b}, "x";
    $_[KERNEL]->select($_[HEAP]{a}, "rd", "wr");
    $_[KERNEL]->delay(resume => 0.03);
  },
  rd => sub { print "rd\n"; $_[KERNEL]->select_read($_[ARG0]); $_[KERNEL]->select_pause_write($_[ARG0]) },
  wr => sub { print "wr\n"; $_[KERNEL]->select_write($_[ARG0]) if $_[HEAP]{resumed} },
  resume => sub { print "resume\n"; $_[HEAP]{resumed} = 1; $_[KERNEL]->select_resume_write($_[HEAP]{a}) },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R188 R9: in its first slice a session stops only at the end
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    syswrite $_[HEAP]{b}, "x";
    $_[KERNEL]->select_read($_[HEAP]{a}, "rd");
  },
  rd => sub { print "R:rd\n"; $_[KERNEL]->select_read($_[ARG0]) },
  _stop => sub { print "R:_stop\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("q") },
  q => sub { print "Q:q\n" },
});
POE::Kernel->run;

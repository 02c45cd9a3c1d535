# R187: no handle is an error of the caller
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    for my $method (qw(select select_read select_write select_expedite)) {
      print "$method: ", eval { $_[KERNEL]->$method(undef, "rd"); 1 } ? "accepted" : "error", "\n";
    }
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

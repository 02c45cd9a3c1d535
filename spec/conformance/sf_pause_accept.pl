# R310: a paused listener leaves connections in the backlog
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "accepted", FailureEvent => "f");
    ($_[HEAP]{port}) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname);
    $_[KERNEL]->yield("dial");
  },
  dial => sub { $_[HEAP]{connector} = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $_[HEAP]{port}, SuccessEvent => "connected", FailureEvent => "f") },
  connected => sub { $_[HEAP]{socket} = $_[ARG0]; delete $_[HEAP]{connector} },
  accepted => sub {
    print "accepted\n";
    if ($_[HEAP]{n}++) { delete $_[HEAP]{listener}; return }
    $_[HEAP]{listener}->pause_accept;
    $_[KERNEL]->delay(dial => 0.02);
    $_[KERNEL]->delay(resume => 0.06);
  },
  resume => sub { print "resume\n"; $_[HEAP]{listener}->resume_accept },
  f => sub { print "failure\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R303 R306: a connector dropped before its connection is made says nothing more
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "accepted", FailureEvent => "f");
    my ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname);
    my $connector = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $port, SuccessEvent => "connected", FailureEvent => "f");
    undef $connector;
    $_[KERNEL]->delay(enough => 0.05);
  },
  connected => sub { print "connected\n" },
  accepted => sub { $_[HEAP]{accepted} = 1 },
  enough => sub { print "enough\n"; delete $_[HEAP]{listener} },
  f => sub { print "failure\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

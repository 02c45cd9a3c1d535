# R306: a connector may be bound; the listener sees it come from there
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "accepted", FailureEvent => "f");
    my ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname);
    $_[HEAP]{connector} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.2", BindPort => 0, RemoteAddress => "127.0.0.1", RemotePort => $port, SuccessEvent => "connected", FailureEvent => "f");
  },
  connected => sub { $_[HEAP]{socket} = $_[ARG0]; delete $_[HEAP]{connector} },
  accepted => sub { print "accepted from ", inet_ntoa($_[ARG1]), "\n"; delete @{$_[HEAP]}{qw(listener connector)} },
  f => sub { print "failure $_[ARG0] ", code($_[ARG1]), "\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

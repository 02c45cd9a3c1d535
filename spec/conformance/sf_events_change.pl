# R305: the events of a listener may change between two connections
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "first", FailureEvent => "f");
    ($_[HEAP]{port}) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname);
    $_[KERNEL]->yield("dial");
  },
  dial => sub { $_[HEAP]{connector} = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $_[HEAP]{port}, SuccessEvent => "connected", FailureEvent => "f") },
  connected => sub { push @{$_[HEAP]{sockets}}, $_[ARG0] },
  first => sub { print "first\n"; $_[HEAP]{listener}->event(SuccessEvent => "second"); $_[KERNEL]->delay(dial => 0.02) },
  second => sub { print "second\n"; %{$_[HEAP]} = () },
  f => sub { print "failure\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

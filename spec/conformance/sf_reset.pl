# R256 R305: a peer that leaves with unread data resets the connection
use strict; use warnings; use POE qw(Wheel::SocketFactory Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "accepted", FailureEvent => "f");
    my ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname);
    $_[HEAP]{connector} = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $port, SuccessEvent => "connected", FailureEvent => "f");
  },
  connected => sub { $_[HEAP]{socket} = $_[ARG0]; delete $_[HEAP]{connector}; },
  accepted => sub {
    delete $_[HEAP]{listener};
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $_[ARG0], InputEvent => "in", FlushedEvent => "flushed", ErrorEvent => "error");
    $_[HEAP]{w}->put("nobody reads this");
  },
  flushed => sub { print "flushed\n"; $_[KERNEL]->delay(leave => 0.03) },
  leave => sub { print "leave\n"; close delete $_[HEAP]{socket} },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), "\n"; delete $_[HEAP]{w} },
  f => sub { print "failure\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

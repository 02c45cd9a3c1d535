# R305 R306: what listener and connector deliver; the connector may be dropped at once
use strict; use warnings; use POE qw(Wheel::SocketFactory Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, Reuse => 1, SuccessEvent => "accepted", FailureEvent => "failure");
    my ($port, $address) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname);
    print "listens at ", inet_ntoa($address), $port > 0 ? ", some port\n" : "?\n";
    $_[HEAP]{port} = $port;
    $_[HEAP]{connector} = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $port, SuccessEvent => "connected", FailureEvent => "failure");
  },
  connected => sub {
    my ($socket, $address, $port, $id) = @_[ARG0 .. ARG3];
    $_[HEAP]{connected} = 1;
    $_[HEAP]{ids} = $id == $_[HEAP]{connector}->ID;
    $_[HEAP]{text} = inet_ntoa($address) . ($port == $_[HEAP]{port} ? ", the port" : "?");
    delete $_[HEAP]{connector};
    $_[HEAP]{client} = POE::Wheel::ReadWrite->new(Handle => $socket, InputEvent => "in", ErrorEvent => "error");
    $_[KERNEL]->yield("both") if $_[HEAP]{server};
  },
  accepted => sub {
    my ($socket, $address, $port, $id) = @_[ARG0 .. ARG3];
    my ($own) = unpack_sockaddr_in(getsockname $socket);
    print "accepted from ", inet_ntoa($address), $port != $_[HEAP]{port} && $own == $_[HEAP]{port} ? ", a port" : "?", ", ", $id == $_[HEAP]{listener}->ID ? "the id" : "?", "\n";
    $_[HEAP]{server} = POE::Wheel::ReadWrite->new(Handle => $socket, InputEvent => "question");
    $_[KERNEL]->yield("both") if $_[HEAP]{client};
  },
  both => sub { print "connected to $_[HEAP]{text}, ", $_[HEAP]{ids} ? "the id" : "?", "\n"; $_[HEAP]{client}->put("hello") },
  question => sub { print "server in $_[ARG0]\n"; $_[HEAP]{server}->put("welcome") },
  in => sub { print "client in $_[ARG0]\n"; delete @{$_[HEAP]}{qw(server listener)} },
  error => sub { print "client $_[ARG0] ", code($_[ARG1]), "\n"; delete $_[HEAP]{client} },
  failure => sub { print "failure @_[ARG0, ARG2]\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

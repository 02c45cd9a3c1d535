# R311: ListenAccept: socket, peer, wheel id
use strict; use warnings; use POE qw(Wheel::ListenAccept Wheel::SocketFactory Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
use IO::Socket::INET;
POE::Session->create(inline_states => {
  _start => sub {
    my $handle = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 0, Listen => 5) or die;
    $_[HEAP]{port} = $handle->sockport;
    $_[HEAP]{listener} = POE::Wheel::ListenAccept->new(Handle => $handle, AcceptEvent => "accepted", ErrorEvent => "error");
    $_[KERNEL]->yield("dial");
  },
  dial => sub { $_[HEAP]{connector} = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $_[HEAP]{port}, SuccessEvent => "connected", FailureEvent => "f") },
  connected => sub { $_[HEAP]{client} = POE::Wheel::ReadWrite->new(Handle => $_[ARG0], InputEvent => "in", ErrorEvent => "gone"); $_[HEAP]{client}->put("hello") },
  accepted => sub {
    my ($socket, $peer) = @_[ARG0, ARG1];
    my ($port, $address) = unpack_sockaddr_in($peer);
    print "accepted from ", inet_ntoa($address), ", ", $_[ARG2] == $_[HEAP]{listener}->ID ? "the id" : "?", "\n";
    $_[HEAP]{server} = POE::Wheel::ReadWrite->new(Handle => $socket, InputEvent => "in");
  },
  in => sub { print "server in $_[ARG0]\n"; delete @{$_[HEAP]}{qw(server listener connector)} },
  gone => sub { print "client $_[ARG0] ", code($_[ARG1]), "\n"; delete $_[HEAP]{client} },
  error => sub { print "error\n" },
  f => sub { print "failure\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

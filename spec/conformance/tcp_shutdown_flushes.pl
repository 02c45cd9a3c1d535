# R315: shutdown with output pending: all is written first
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0, ClientFilter => "POE::Filter::Stream",
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub {
    $_[HEAP]{client}->put("x" x 3_000_000);
    $_[KERNEL]->yield("shutdown");
    $_[KERNEL]->post(server => "shutdown");
  },
  ClientInput => sub { },
  ClientFlushed => sub { print "Flushed\n" },
  ClientDisconnected => sub { print "Disconnected\n" },
);
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port, Filter => "POE::Filter::Stream",
  ServerInput => sub { $_[HEAP]{n} += length $_[ARG0] },
  ServerError => sub { print "client got $_[HEAP]{n}, ", code($_[ARG1]), "\n" },
);
POE::Kernel->run;

# R263 R312: the marks of a server's connection
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

my $port;
my $size = 20_000_000;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0, ClientFilter => "POE::Filter::Stream",
  HighMark => 1_000_000, LowMark => 1000, ClientHigh => sub { print "High\n" }, ClientLow => sub { print "Low\n" },
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { print "put: ", $_[HEAP]{client}->put("x" x $size) ? 1 : 0, "\n"; $_[KERNEL]->post(server => "shutdown") },
  ClientInput => sub { },
  ClientFlushed => sub { print "Flushed\n"; $_[KERNEL]->yield("shutdown") },
);
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port, Filter => "POE::Filter::Stream",
  ServerInput => sub { $_[HEAP]{n} += length $_[ARG0] },
  ServerError => sub { print "client got $_[HEAP]{n}\n" },
);
POE::Kernel->run;

# R327: in Disconnected the client's alias still stands, its wheel is gone
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { $_[KERNEL]->yield("shutdown"); $_[KERNEL]->post(server => "shutdown") },
  ClientInput => sub { },
);
POE::Component::Client::TCP->new(
  Alias => "client", RemoteAddress => "127.0.0.1", RemotePort => $port,
  Connected => sub { print "Connected, alias ", $_[KERNEL]->alias_resolve("client") ? "there" : "gone", ", wheel ", $_[HEAP]{server} ? "there" : "gone", "\n" },
  ServerInput => sub { },
  ServerError => sub { print "Error, wheel ", $_[HEAP]{server} ? "there" : "gone", "\n" },
  Disconnected => sub { print "Disconnected, alias ", $_[KERNEL]->alias_resolve("client") ? "there" : "gone", ", wheel ", $_[HEAP]{server} ? "there" : "gone", "\n"; $_[KERNEL]->yield("after") },
  InlineStates => { after => sub { print "after, alias ", $_[KERNEL]->alias_resolve("client") ? "there" : "gone", "\n" } },
);
POE::Kernel->run;

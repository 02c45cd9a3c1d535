# R313: PreConnect returns nothing: no connection; the peer reads the end
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientPreConnect => sub { print "PreConnect\n"; return },
  ClientConnected => sub { print "Connected\n" },
  ClientInput => sub { print "Input\n" },
  ClientDisconnected => sub { print "Disconnected\n" },
);
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port,
  ServerInput => sub { print "client Input\n" },
  ServerError => sub { print "client Error $_[ARG0] ", code($_[ARG1]), "\n" },
  Disconnected => sub { print "client Disconnected\n"; $_[KERNEL]->post(server => "shutdown") },
);
POE::Kernel->run;
print "run has returned\n";

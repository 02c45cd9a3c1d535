# R317: without shutdown on error the program shuts down itself
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0, ClientShutdownOnError => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { $_[KERNEL]->post(server => "shutdown") },
  ClientInput => sub { print "Input $_[ARG0]\n" },
  ClientError => sub { print "Error $_[ARG0] ", code($_[ARG1]), "\n"; $_[KERNEL]->delay(later => 0.03) },
  ClientDisconnected => sub { print "Disconnected\n" },
  InlineStates => { later => sub { print "later\n"; $_[KERNEL]->yield("shutdown") } },
);
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port,
  Connected => sub { $_[KERNEL]->yield("shutdown") },
  ServerInput => sub { },
);
POE::Kernel->run;

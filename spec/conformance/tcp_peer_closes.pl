# R317: the peer closes: error, shutdown, Disconnected
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($port, $left);
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  Stopped => sub { print "Stopped\n" },
  ClientConnected => sub { $_[KERNEL]->post(server => "shutdown") },
  ClientInput => sub { print "Input $_[ARG0]\n" },
  ClientError => sub { print "Error $_[ARG0] ", code($_[ARG1]), ", ", $_[ARG3] == $_[HEAP]{client}->ID ? "the id" : "?", "\n" },
  ClientDisconnected => sub { print "Disconnected\n" },
);
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port,
  Connected => sub { $_[HEAP]{server}->put("only line"); $_[KERNEL]->yield("shutdown") },
  ServerInput => sub { },
  Disconnected => sub { $left = "client Disconnected" },
);
POE::Kernel->run;
print "$left\n";

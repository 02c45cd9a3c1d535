# R316: shutdown yielded in the first input: the rest of the read still comes
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { $_[KERNEL]->post(server => "shutdown") },
  ClientInput => sub { print "Input $_[ARG0]\n"; $_[KERNEL]->yield("shutdown") if $_[ARG0] == 1 },
  ClientDisconnected => sub { print "Disconnected\n" },
);
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port,
  Connected => sub { $_[HEAP]{server}->put(1, 2, 3); $_[HEAP]{server}->flush },
  ServerInput => sub { },
  ServerError => sub { print "client ", code($_[ARG1]), "\n" },
);
POE::Kernel->run;

# R318: concurrency 1: the second waits for the first to leave
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0, Concurrency => 1,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { print "Connected\n"; $_[HEAP]{client}->put("hello") },
  ClientInput => sub { print "Input $_[ARG0]\n" },
  ClientDisconnected => sub { print "Disconnected\n" },
);
sub client { my $n = shift; POE::Component::Client::TCP->new(
  Alias => "client $n", RemoteAddress => "127.0.0.1", RemotePort => $port,
  ServerInput => sub { $_[HEAP]{server}->put("I am $n"); $_[KERNEL]->delay(leave => 0.04) },
  Disconnected => sub { $_[KERNEL]->post(server => "shutdown") if $n == 2 },
  InlineStates => { leave => sub { print "$n leaves\n"; $_[KERNEL]->yield("shutdown") } },
) }
client(1);
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(second => 0.02) },
  second => sub { client(2) },
});
POE::Kernel->run;

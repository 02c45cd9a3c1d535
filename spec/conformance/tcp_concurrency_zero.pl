# R319: concurrency 0 accepts one connection, no more
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0, Concurrency => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { print "Connected\n" },
  ClientInput => sub { },
  ClientDisconnected => sub { print "Disconnected\n" },
);
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("client", $_) for "one", "two"; $_[KERNEL]->delay(end => 0.15) },
  client => sub {
    my $n = $_[ARG0];
    POE::Component::Client::TCP->new(
      Alias => $n, RemoteAddress => "127.0.0.1", RemotePort => $port,
      Connected => sub { $_[KERNEL]->delay(leave => 0.03) if $n eq "one" },
      ServerInput => sub { },
      ServerError => sub { },
      InlineStates => { leave => sub { print "leave\n"; $_[KERNEL]->yield("shutdown") } },
    );
  },
  end => sub { print "end\n"; $_[KERNEL]->post($_ => "shutdown") for "server", "two" },
});
POE::Kernel->run;

# R320: a higher limit lets the next one in; unlimited does not wake a paused listener
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0, Concurrency => 1,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { print "Connected\n" },
  ClientInput => sub { },
);
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("client", $_) for "one", "two", "three"; $_[KERNEL]->delay(two => 0.05) },
  client => sub {
    POE::Component::Client::TCP->new(
      Alias => $_[ARG0], RemoteAddress => "127.0.0.1", RemotePort => $port,
      ServerInput => sub { }, ServerError => sub { },
    );
  },
  two => sub { print "limit 2\n"; $_[KERNEL]->post(server => set_concurrency => 2); $_[KERNEL]->delay(unlimited => 0.05) },
  unlimited => sub { print "no limit\n"; $_[KERNEL]->post(server => set_concurrency => -1); $_[KERNEL]->delay(end => 0.05) },
  end => sub { print "end\n"; $_[KERNEL]->post($_ => "shutdown") for "server", "one", "two", "three" },
});
POE::Kernel->run;

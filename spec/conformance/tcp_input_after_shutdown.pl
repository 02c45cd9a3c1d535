# R316: input that comes after the shutdown is dropped
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

my $port;
my $size = 20_000_000;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { $_[KERNEL]->post(server => "shutdown") },
  ClientInput => sub {
    print "Input $_[ARG0]\n";
    $_[HEAP]{client}->put("x" x $size);   # more than fits: the wheel stays after the shutdown
    $_[KERNEL]->yield("shutdown");
  },
  ClientDisconnected => sub { print "Disconnected\n" },
);
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port, Filter => "POE::Filter::Stream",
  Connected => sub { $_[HEAP]{server}->put("first\n") },
  ServerInput => sub {
    $_[HEAP]{server}->put("late\n") unless $_[HEAP]{n};
    $_[HEAP]{n} += length $_[ARG0];
  },
  ServerError => sub { print "client got ", $_[HEAP]{n} >= $size ? "all" : $_[HEAP]{n}, "\n" },
);
POE::Kernel->run;

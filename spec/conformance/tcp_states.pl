# R312: states of the connection's own, by its arguments and heap
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0, ClientArgs => ["tick"],
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub {
    $_[HEAP]{word} = $_[ARG0];
    $_[KERNEL]->yield("tick", 1);
    $_[KERNEL]->post(server => "shutdown");
  },
  ClientInput => sub { print "Input $_[ARG0]\n" },
  InlineStates => {
    tick => sub {
      $_[HEAP]{client}->put("$_[HEAP]{word} $_[ARG0]");
      if ($_[ARG0] < 3) { $_[KERNEL]->delay(tick => 0.01, $_[ARG0] + 1) } else { $_[KERNEL]->yield("shutdown") }
    },
  },
);
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port,
  ServerInput => sub { print "client Input $_[ARG0]\n" },
  Disconnected => sub { print "client Disconnected\n" },
  ServerError => sub { print "client ", code($_[ARG1]), "\n" },
);
POE::Kernel->run;

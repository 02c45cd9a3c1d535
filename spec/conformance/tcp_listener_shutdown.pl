# R314: a listener that is shut down: no alias, no more connections, Stopped after the last
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  Stopped => sub { print "Stopped\n" },
  ClientConnected => sub { print "Connected\n"; $_[KERNEL]->post(server => "shutdown"); $_[HEAP]{client}->put("down") },
  ClientInput => sub { print "Input $_[ARG0], alias ", $_[KERNEL]->alias_resolve("server") ? "there" : "gone", "\n" },
  ClientDisconnected => sub { print "Disconnected\n" },
);
POE::Component::Client::TCP->new(
  Alias => "client", RemoteAddress => "127.0.0.1", RemotePort => $port,
  ServerInput => sub {
    print "client Input $_[ARG0]\n";
    POE::Component::Client::TCP->new(
      RemoteAddress => "127.0.0.1", RemotePort => $port,
      ConnectError => sub { print "second client $_[ARG0] ", code($_[ARG1]), "\n"; $_[KERNEL]->post(client => "speak") },
      ServerInput => sub { },
    );
  },
  InlineStates => { speak => sub { $_[HEAP]{server}->put("still here"); $_[KERNEL]->yield("shutdown") } },
);
POE::Kernel->run;

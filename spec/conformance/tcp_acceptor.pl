# R321: with an acceptor the program counts the disconnections itself
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0, Concurrency => 1,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  Acceptor => sub {
    my ($socket, $address, $number, $id) = @_[ARG0 .. ARG3];
    print "Acceptor: ", inet_ntoa($address), ", ", $number > 0 && $number != $port ? "a port" : "?", ", ", $id == $_[HEAP]{listener}->ID ? "the id" : "?", "\n";
    POE::Session->create(inline_states => {
      _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $socket, InputEvent => "in", ErrorEvent => "error") },
      in => sub { print "in $_[ARG0]\n" },
      error => sub { delete $_[HEAP]{w}; print "left\n"; $_[KERNEL]->delay(tell => 0.03) },
      tell => sub { print "disconnected\n"; $_[KERNEL]->post(server => "disconnected") },
    });
  },
);
sub client { my $n = shift; POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port,
  Connected => sub { $_[HEAP]{server}->put("client $n"); $_[KERNEL]->yield("shutdown") },
  ServerInput => sub { },
) }
POE::Session->create(inline_states => {
  _start => sub { client(1); $_[KERNEL]->delay(second => 0.01); $_[KERNEL]->delay(end => 0.2) },
  second => sub { client(2) },
  end => sub { $_[KERNEL]->post(server => "shutdown") },
});
POE::Kernel->run;

# R312 R315: Flushed on both sides of a conversation
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $port;
my $said = 0;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { $_[KERNEL]->post(server => "shutdown") },
  ClientInput => sub { print "Input $_[ARG0]\n"; $_[HEAP]{client}->put("one", "two"); $_[HEAP]{client}->put("three") },
  ClientFlushed => sub { print "Flushed, ", @_ - ARG0, " argument\n"; $_[KERNEL]->yield("shutdown") },
  ClientDisconnected => sub { print "Disconnected\n" },
);
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port,
  Connected => sub { $_[HEAP]{server}->put("hello") },
  ServerFlushed => sub { $_[HEAP]{flushed} .= " Flushed " . (@_ - ARG0) },
  ServerInput => sub { $_[HEAP]{got} .= "$_[ARG0] " },
  ServerError => sub { $_[HEAP]{got} .= code($_[ARG1]) },
  Disconnected => sub { print "client:$_[HEAP]{flushed}, got $_[HEAP]{got}\n" },
);
POE::Kernel->run;

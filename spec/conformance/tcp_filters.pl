# R323: each connection has a filter of its own
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP Filter::Line Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0, ClientFilter => ["POE::Filter::Line", Literal => "!"],
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientInput => sub { print "Input $_[ARG0]\n"; $_[HEAP]{client}->put(uc $_[ARG0]) },
);
# both send their first half, then, one after the other, the second
sub client { my ($n, $first, $second) = @_; POE::Component::Client::TCP->new(
  Alias => $n, RemoteAddress => "127.0.0.1", RemotePort => $port, Filter => "POE::Filter::Stream",
  Connected => sub { $_[HEAP]{server}->put($first) },
  ServerFlushed => sub { $_[KERNEL]->delay(second => 0.03) if $n eq "one" && !$_[HEAP]{flushed}++ },
  ServerInput => sub {
    print "$n got $_[ARG0]\n";
    if ($n eq "one") { $_[KERNEL]->post(two => "second") } else { $_[KERNEL]->post($_, "shutdown") for qw(one two server) }
  },
  ServerError => sub { },
  InlineStates => { second => sub { $_[HEAP]{server}->put($second) } },
) }
client("one", "hel", "lo!");
client("two", "wor", "ld!");
POE::Kernel->run;

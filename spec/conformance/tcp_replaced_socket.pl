# R328: PreConnect may give another socket; Connected still gets the first
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my ($a, $b) = pair();
my $port;
POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0,
  Started => sub { ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  ClientConnected => sub { $_[KERNEL]->post(server => "shutdown") },
  ClientInput => sub { print "Input $_[ARG0]\n" },
  ClientDisconnected => sub { print "Disconnected\n" },
);
my $first;
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port,
  PreConnect => sub { $first = $_[ARG0]; return $a },
  Connected => sub {
    print "Connected with ", $_[ARG0] == $first ? "the first" : "?", "\n";
    undef $first;
    $_[HEAP]{server}->put("to the other");
  },
  ServerFlushed => sub {
    sysread $b, my $data, 100;
    $data =~ s/\s+$//;
    print "the other got '$data'\n";
    syswrite $b, "answer\n";
  },
  ServerInput => sub { print "client Input $_[ARG0]\n"; $_[KERNEL]->yield("shutdown") },
);
POE::Kernel->run;

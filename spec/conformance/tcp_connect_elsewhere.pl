# R326: connect to another server drops the old connection in silence
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

my %port;
for my $n ("one", "two") {
  POE::Component::Server::TCP->new(
    Alias => $n, Address => "127.0.0.1", Port => 0,
    Started => sub { ($port{$n}) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
    ClientConnected => sub { print "$n Connected\n"; $_[HEAP]{client}->put("this is $n") },
    ClientInput => sub { print "$n Input $_[ARG0]\n"; $_[HEAP]{client}->put("go") if $n eq "two" },
    ClientDisconnected => sub { print "$n Disconnected\n"; $_[KERNEL]->post($n => "shutdown") },
  );
}
POE::Component::Client::TCP->new(
  Alias => "client", RemoteAddress => "127.0.0.1", RemotePort => $port{one},
  Connected => sub { print "client Connected to ", $_[ARG2] == $port{one} ? "one" : "two", "\n" },
  ServerInput => sub {
    print "client Input $_[ARG0]\n";
    if ($_[ARG0] eq "this is one") { $_[KERNEL]->yield(connect => "127.0.0.1", $port{two}); }
    else { $_[KERNEL]->delay(leave => 0.04) unless $_[HEAP]{leaving}++; }
  },
  ServerError => sub { print "client Error\n" },
  Disconnected => sub { print "client Disconnected\n" },
  InlineStates => { leave => sub { print "leave\n"; $_[KERNEL]->yield("shutdown") } },
);
POE::Kernel->run;

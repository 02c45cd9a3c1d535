# R324: a refused client tries again from ConnectError
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $dead;
POE::Session->create(inline_states => {
  _start => sub {
    my $w = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "s", FailureEvent => "f");
    ($dead) = unpack_sockaddr_in($w->getsockname);
  },
});
my $last = 0;
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $dead,
  ConnectError => sub {
    my ($op, $no, $text, $id) = @_[ARG0 .. ARG3];
    print "ConnectError $op ", code($no), ", ", $id > $last ? "a new id" : "?", "\n";
    $last = $id;
    $_[KERNEL]->yield("reconnect") if ++$_[HEAP]{n} < 3;
  },
  Connected => sub { print "Connected\n" },
  ServerInput => sub { },
  Disconnected => sub { print "Disconnected\n" },
);
POE::Kernel->run;
print "run has returned\n";

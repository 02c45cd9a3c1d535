# R325: a refused client without a ConnectError ends
use strict; use warnings; use POE qw(Component::Client::TCP Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

open STDERR, ">", "/dev/null";
my $dead;
POE::Session->create(inline_states => {
  _start => sub {
    my $w = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "s", FailureEvent => "f");
    ($dead) = unpack_sockaddr_in($w->getsockname);
  },
});
POE::Session->create(inline_states => {
  _start => sub {
    POE::Component::Client::TCP->new(RemoteAddress => "127.0.0.1", RemotePort => $dead, Connected => sub { print "Connected\n" }, ServerInput => sub { }, Disconnected => sub { print "Disconnected\n" });
  },
  _child => sub { print "_child $_[ARG0]\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

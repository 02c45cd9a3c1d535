# R303: what is misuse of the constructor
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    local $SIG{__WARN__} = sub {};
    my $try = sub {
      my ($name, @args) = @_;
      print "$name: ", eval { POE::Wheel::SocketFactory->new(@args); 1 } ? "accepted" : "error", "\n";
    };
    $try->("no success event", BindAddress => "127.0.0.1", FailureEvent => "f");
    $try->("no failure event", BindAddress => "127.0.0.1", SuccessEvent => "s");
    $try->("no remote port", RemoteAddress => "127.0.0.1", SuccessEvent => "s", FailureEvent => "f");
    $try->("icmp", SocketProtocol => "icmp", BindAddress => "127.0.0.1", SuccessEvent => "s", FailureEvent => "f");
    $try->("all in order", BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "s", FailureEvent => "f");
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

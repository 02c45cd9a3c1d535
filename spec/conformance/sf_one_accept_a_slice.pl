# R305 R310: paused, connections wait; resumed, one is accepted in each slice
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "accepted", FailureEvent => "f");
    my ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname);
    $_[HEAP]{listener}->pause_accept;
    $_[HEAP]{$_} = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $port, SuccessEvent => "connected", FailureEvent => "f") for 1 .. 3;
  },
  connected => sub {
    print "connected\n";
    push @{$_[HEAP]{sockets}}, $_[ARG0];
    $_[KERNEL]->delay(resume => 0.03) if @{$_[HEAP]{sockets}} == 3;
  },
  resume => sub { print "resume\n"; $_[HEAP]{listener}->resume_accept },
  accepted => sub { print "accepted\n"; $_[KERNEL]->yield("event") },
  event => sub { print "event\n"; %{$_[HEAP]} = () if ++$_[HEAP]{events} == 3 },
  f => sub { print "failure\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

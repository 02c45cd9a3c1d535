# R322: a listener that cannot bind: Error gets the failure
use strict; use warnings; use POE qw(Component::Server::TCP Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $taken;
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "s", FailureEvent => "f");
    ($taken) = unpack_sockaddr_in($_[HEAP]{w}->getsockname);
    $_[KERNEL]->alias_set("holder");
  },
  release => sub { delete $_[HEAP]{w}; $_[KERNEL]->alias_remove("holder") },
});
my $id = POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => $taken,
  Started => sub { print "Started\n" },
  Error => sub {
    print "Error $_[ARG0] ", code($_[ARG1]), ", ", $_[ARG3] == $_[HEAP]{listener}->ID ? "the id" : "?", "\n";
    $_[KERNEL]->yield("shutdown");
    $_[KERNEL]->post(holder => "release");
  },
  Stopped => sub { print "Stopped\n" },
  ClientInput => sub { },
);
print "new gave ", $id ? "an id" : "nothing", "\n";
POE::Kernel->run;

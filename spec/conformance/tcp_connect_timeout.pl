# R329: a connection that takes too long: ETIMEDOUT
use strict; use warnings; use POE qw(Component::Client::TCP Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    $_[KERNEL]->alias_set("listener");
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, ListenQueue => 1, SuccessEvent => "s", FailureEvent => "f");
    $_[HEAP]{listener}->pause_accept;
    ($_[HEAP]{port}) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname);
    $_[HEAP]{$_} = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $_[HEAP]{port}, SuccessEvent => "s", FailureEvent => "f") for 1 .. 4;
    $_[KERNEL]->delay(client => 0.05);   # the backlog is full
  },
  s => sub { push @{$_[HEAP]{sockets}}, $_[ARG0] },
  client => sub {
    print "client\n";
    POE::Component::Client::TCP->new(
      RemoteAddress => "127.0.0.1", RemotePort => $_[HEAP]{port}, ConnectTimeout => 0.1,
      Connected => sub { print "Connected\n" },
      ConnectError => sub { print "ConnectError $_[ARG0] ", code($_[ARG1]), "\n"; $_[KERNEL]->post(listener => "end") },
      ServerInput => sub { },
    );
  },
  end => sub { %{$_[HEAP]} = (); $_[KERNEL]->alias_remove("listener") },
});
POE::Kernel->run;

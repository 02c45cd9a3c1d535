# R303 R304: what goes wrong while the wheel is made is posted afterwards
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    my $first = $_[HEAP]{first} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "s", FailureEvent => "f");
    my ($port) = unpack_sockaddr_in($first->getsockname);
    $_[KERNEL]->yield("before");
    $_[HEAP]{second} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => $port, SuccessEvent => "s", FailureEvent => "f");
    $_[KERNEL]->yield("after");
    print "made ", $_[HEAP]{second} ? "a wheel" : "nothing", "\n";
  },
  before => sub { print "before\n" },
  after => sub { print "after\n"; %{$_[HEAP]} = () },
  f => sub { print "failure $_[ARG0] ", code($_[ARG1]), " ", $_[ARG3] == $_[HEAP]{second}->ID ? "the id" : "?", "\n" },
  s => sub { print "success\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

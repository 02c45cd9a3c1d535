# R307: a refused connection is told before a failure posted earlier
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    my $taken = $_[HEAP]{taken} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "s", FailureEvent => "f");
    my ($port) = unpack_sockaddr_in($taken->getsockname);
    my $closed = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "s", FailureEvent => "f");
    my ($dead) = unpack_sockaddr_in($closed->getsockname);
    undef $closed;
    $_[HEAP]{1} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => $port, SuccessEvent => "s", FailureEvent => "f");
    $_[HEAP]{2} = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $dead, SuccessEvent => "s", FailureEvent => "f");
  },
  f => sub {
    print "$_[ARG0] ", code($_[ARG1]), $_[SENDER] == $_[SESSION] ? "" : " ?", "\n";
    %{$_[HEAP]} = () if $_[ARG0] eq "bind";
  },
  s => sub { print "success\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

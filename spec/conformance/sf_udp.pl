# R308: a datagram socket is a success posted at once
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::SocketFactory->new(SocketProtocol => "udp", BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "s", FailureEvent => "f");
    $_[KERNEL]->yield("after");
    print "made\n";
  },
  s => sub {
    my ($socket, $address, $port, $id) = @_[ARG0 .. ARG3];
    print "success: address ", $address // "none", ", port ", $port // "none", ", ", $id == $_[HEAP]{w}->ID ? "the id" : "?", "\n";
    $_[HEAP]{socket} = $socket;
  },
  after => sub {
    print "after\n";
    delete $_[HEAP]{w};
    $_[KERNEL]->select_read($_[HEAP]{socket}, "ready");
    socket($_[HEAP]{other}, PF_INET, SOCK_DGRAM, 0) or die;
    bind $_[HEAP]{other}, pack_sockaddr_in(0, INADDR_LOOPBACK);
    send $_[HEAP]{other}, $_, 0, getsockname $_[HEAP]{socket} for "one", "two";
  },
  ready => sub {
    my $from = recv $_[ARG0], my $data, 100, 0;
    my ($port, $address) = unpack_sockaddr_in($from);
    my ($theirs) = unpack_sockaddr_in(getsockname $_[HEAP]{other});
    print "datagram $data from ", inet_ntoa($address), $port == $theirs ? ", the other's port" : "?", "\n";
    if ($data eq "two") {
      $_[KERNEL]->select_read($_[ARG0]);
      send $_[ARG0], "back", 0, $from;
      $_[KERNEL]->select_read($_[HEAP]{other}, "back");
    }
  },
  back => sub { recv $_[ARG0], my $data, 100, 0; print "other got $data\n"; $_[KERNEL]->select_read($_[ARG0]) },
  f => sub { print "failure\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

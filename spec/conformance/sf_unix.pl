# R309: the addresses of local sockets
use strict; use warnings; use POE qw(Wheel::SocketFactory Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $path = "/tmp/poe-conformance-$$";
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(SocketDomain => AF_UNIX, BindAddress => $path, SuccessEvent => "accepted", FailureEvent => "f");
    $_[HEAP]{connector} = POE::Wheel::SocketFactory->new(SocketDomain => AF_UNIX, RemoteAddress => $path, SuccessEvent => "connected", FailureEvent => "f");
  },
  connected => sub {
    $_[HEAP]{client} = POE::Wheel::ReadWrite->new(Handle => $_[ARG0], InputEvent => "in");
    $_[HEAP]{text} = ($_[ARG1] eq $path ? "the path" : "?") . ", port " . ($_[ARG2] // "none");
    $_[KERNEL]->yield("both") if $_[HEAP]{server};
  },
  accepted => sub {
    print "accepted: address '$_[ARG1]', port ", $_[ARG2] // "none", "\n";
    $_[HEAP]{server} = POE::Wheel::ReadWrite->new(Handle => $_[ARG0], InputEvent => "question");
    $_[KERNEL]->yield("both") if $_[HEAP]{client};
  },
  both => sub { print "connected: $_[HEAP]{text}\n"; $_[HEAP]{client}->put("hello") },
  question => sub { print "server in $_[ARG0]\n"; $_[HEAP]{server}->put("welcome") },
  in => sub { print "client in $_[ARG0]\n"; %{$_[HEAP]} = () },
  f => sub { print "failure $_[ARG0] ", code($_[ARG1]), "\n" },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

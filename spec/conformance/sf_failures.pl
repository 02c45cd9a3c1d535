# R304: what failures are called
use strict; use warnings; use POE qw(Wheel::SocketFactory); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    my $closed = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "s", FailureEvent => "f");
    my ($port) = unpack_sockaddr_in($closed->getsockname);
    undef $closed;
    $_[HEAP]{todo} = [
      ["not here", BindAddress => "192.0.2.1", BindPort => 0],
      ["no folder", SocketDomain => AF_UNIX, BindAddress => "/nowhere/at/all"],
      ["refused", RemoteAddress => "127.0.0.1", RemotePort => $port],
      ["no such path", SocketDomain => AF_UNIX, RemoteAddress => "/nowhere/at/all"],
    ];
    $_[KERNEL]->yield("next");
  },
  next => sub {
    my $todo = shift @{$_[HEAP]{todo}} or return delete $_[HEAP]{w};
    (my $name, my @args) = @$todo;
    $_[HEAP]{name} = $name;
    $_[HEAP]{w} = POE::Wheel::SocketFactory->new(@args, SuccessEvent => "s", FailureEvent => "f");
  },
  f => sub { print "$_[HEAP]{name}: $_[ARG0] ", code($_[ARG1]), "\n"; $_[KERNEL]->yield("next") },
  s => sub { print "$_[HEAP]{name}: success\n"; $_[KERNEL]->yield("next") },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R305 R306 R254: one listener, many clients, each with its own conversation
use strict; use warnings; use POE qw(Wheel::SocketFactory Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

my $clients = 20;
my ($port, @results);
POE::Session->create(inline_states => {
  _start => sub {
    $_[KERNEL]->alias_set("server");
    $_[HEAP]{listener} = POE::Wheel::SocketFactory->new(BindAddress => "127.0.0.1", BindPort => 0, SuccessEvent => "accepted", FailureEvent => "f");
    ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname);
  },
  accepted => sub {
    my $w = POE::Wheel::ReadWrite->new(Handle => $_[ARG0], InputEvent => "in", ErrorEvent => "error");
    $_[HEAP]{wheels}{$w->ID} = $w;
    $_[HEAP]{total}++;
  },
  in => sub { $_[HEAP]{wheels}{$_[ARG1]}->put($_[ARG0] * $_[ARG0]) },
  error => sub {
    delete $_[HEAP]{wheels}{$_[ARG3]};
    if ($_[HEAP]{total} == $clients && !%{$_[HEAP]{wheels}}) {
      print "server has seen $clients come and go\n";
      delete $_[HEAP]{listener};
      $_[KERNEL]->alias_remove("server");
    }
  },
});
for my $n (1 .. $clients) {
  POE::Session->create(inline_states => {
    _start => sub { $_[HEAP]{w} = POE::Wheel::SocketFactory->new(RemoteAddress => "127.0.0.1", RemotePort => $port, SuccessEvent => "connected", FailureEvent => "f") },
    connected => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $_[ARG0], InputEvent => "in"); $_[HEAP]{w}->put($n) },
    in => sub { push @results, $_[ARG0]; delete $_[HEAP]{w} },
    f => sub { print "failure\n" },
  });
}
POE::Kernel->run;
print join(" ", sort { $a <=> $b } @results), "\n";

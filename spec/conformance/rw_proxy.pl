# R254 R256 R272: a proxy of two wheels passes lines and ends on, both ways
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($client, $p1) = pair();
my ($server, $p2) = pair();
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{left} = POE::Wheel::ReadWrite->new(Handle => $p1, InputEvent => "to_right", ErrorEvent => "end_right", FlushedEvent => "left_flushed");
    $_[HEAP]{right} = POE::Wheel::ReadWrite->new(Handle => $p2, InputEvent => "to_left", ErrorEvent => "end_left", FlushedEvent => "right_flushed");
  },
  to_right => sub { print "proxy > $_[ARG0]\n"; $_[HEAP]{right}->put($_[ARG0]) },
  to_left => sub { print "proxy < $_[ARG0]\n"; $_[HEAP]{left}->put($_[ARG0]) },
  end_right => sub { print "proxy > ", code($_[ARG1]), "\n"; $_[HEAP]{ended} = 1; $_[KERNEL]->call($_[SESSION], "right_flushed") },
  end_left => sub { print "proxy < ", code($_[ARG1]), "\n"; delete $_[HEAP]{right}; $_[KERNEL]->call($_[SESSION], "left_flushed") },
  right_flushed => sub {
    my $w = $_[HEAP]{right} or return;
    $w->shutdown_output if $_[HEAP]{ended} && !$w->get_driver_out_octets;
  },
  left_flushed => sub {
    my $w = $_[HEAP]{left} or return;
    delete $_[HEAP]{left} if !$_[HEAP]{right} && !$w->get_driver_out_octets;
  },
});
undef $p1; undef $p2;
POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $server, InputEvent => "in", ErrorEvent => "error", FlushedEvent => "flushed") },
  in => sub { $_[HEAP]{sum} += $_[ARG0] },
  error => sub { print "server ", code($_[ARG1]), "\n"; $_[HEAP]{w}->put($_[HEAP]{sum}) },
  flushed => sub { delete $_[HEAP]{w} },
});
undef $server;
POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $client, InputEvent => "in", ErrorEvent => "error", FlushedEvent => "flushed"); $_[HEAP]{w}->put(1 .. 4) },
  flushed => sub { $_[HEAP]{w}->shutdown_output },
  in => sub { print "client in $_[ARG0]\n" },
  error => sub { print "client ", code($_[ARG1]), "\n"; delete $_[HEAP]{w} },
});
undef $client;
POE::Kernel->run;

# R287: a socket: records, then its end as an error
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::FollowTail->new(Handle => $a, InputEvent => "in", ErrorEvent => "error", ResetEvent => "reset");
    syswrite $_[HEAP]{b}, "one\ntwo\n";
  },
  in => sub { print "in $_[ARG0]\n"; close delete $_[HEAP]{b} if $_[ARG0] eq "two" },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), ", ", $_[ARG3] == $_[HEAP]{w}->ID ? "the id" : "?", "\n"; delete $_[HEAP]{w} },
  reset => sub { print "reset\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

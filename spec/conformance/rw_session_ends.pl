# R276 R59: a wheel ends with its session, after _stop; the peer reads the end
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($a, $b) = pair();
my $owner = POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in") },
  _stop => sub { print "owner stops\n"; sysread($b, my $data, 10) // print "peer: ", code($! + 0), "\n" },
});
undef $a;
POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $b, InputEvent => "in", ErrorEvent => "error"); $_[KERNEL]->delay(kill => 0.02) },
  kill => sub { $_[KERNEL]->signal($owner, "KILL"); undef $owner },
  error => sub { print "peer: $_[ARG0] ", code($_[ARG1]), "\n"; delete $_[HEAP]{w} },
});
POE::Kernel->run;

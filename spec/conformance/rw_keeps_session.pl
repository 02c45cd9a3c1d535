# R59 R256: a wheel keeps its session, even after the end of input, until it is gone
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($a, $b) = pair();
my $owner = POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", ErrorEvent => "error") },
  error => sub { print "error ", code($_[ARG1]), "\n" },
  drop => sub { print "drop\n"; delete $_[HEAP]{w} },
  _stop => sub { print "owner stops\n" },
})->ID;
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(close => 0.03) },
  close => sub { print "close\n"; close $b; undef $b; $_[KERNEL]->delay(tell => 0.03) },
  tell => sub { $_[KERNEL]->post($owner, "drop"); $_[KERNEL]->delay(last => 0.03) },
  last => sub { print "last\n" },
});
POE::Kernel->run;

# R280: a file that is not there yet: idle, then reset when it appears
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02, InputEvent => "in", IdleEvent => "idle", ResetEvent => "reset", ErrorEvent => "error") },
  idle => sub {
    my $n = ++$_[HEAP]{n};
    print "idle $n, ", $_[ARG0] == $_[HEAP]{w}->ID ? "the id" : "?", "\n" if $n <= 2;
    if ($n == 2) { open my $f, ">", $path or die; print $f "first\n" }
  },
  reset => sub { print "reset, ", $_[ARG0] == $_[HEAP]{w}->ID ? "the id" : "?", "\n" },
  in => sub { print "in $_[ARG0]\n"; delete $_[HEAP]{w} },
  error => sub { print "error\n" },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

# R288: tell: the position after the last poll
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
sub add { open my $f, ">>", $path or die; print $f @_ }
POE::Session->create(inline_states => {
  _start => sub {
    add("12345\n");
    $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02, InputEvent => "in", IdleEvent => "idle");
    $_[KERNEL]->delay(more => 0.05);
  },
  idle => sub { print "idle at ", $_[HEAP]{w}->tell, "\n" unless $_[HEAP]{idle}++ },
  more => sub { add("ab\ncd\npar") },
  in => sub { print "in $_[ARG0] at ", $_[HEAP]{w}->tell, "\n"; if ($_[ARG0] eq "cd") { $_[HEAP]{idle} = 0; $_[KERNEL]->delay(end => 0.06) } },
  end => sub { delete $_[HEAP]{w} },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

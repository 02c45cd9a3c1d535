# R281: a quiet file is idle at each poll, in between what comes
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
sub add { open my $f, ">>", $path or die; print $f @_ }
POE::Session->create(inline_states => {
  _start => sub {
    add("old\n");
    $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02, InputEvent => "in", IdleEvent => "idle");
  },
  idle => sub {
    my $n = ++$_[HEAP]{n};
    print "idle $n\n";
    add("a\nb") if $n == 2;
    add("c\n") if $n == 4;
  },
  in => sub { print "in $_[ARG0]\n"; delete $_[HEAP]{w} if $_[ARG0] eq "bc" },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

# R283: renamed and made anew: the old one to its end, reset, the new one
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
sub add { open my $f, ">>", $path or die; print $f @_ }
POE::Session->create(inline_states => {
  _start => sub {
    add("old\n");
    $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02, InputEvent => "in", ResetEvent => "reset", ErrorEvent => "error");
    $_[KERNEL]->delay(rotate => 0.05);
  },
  rotate => sub { add("last of the old\n"); rename $path, "$path.1"; add("n1\n") },
  reset => sub { print "reset\n" },
  in => sub {
    print "in $_[ARG0]\n";
    add("n2\n") if $_[ARG0] eq "n1";
    delete $_[HEAP]{w} if $_[ARG0] eq "n2";
  },
  error => sub { print "error\n" },
  _stop => sub { unlink $path, "$path.1"; print "_stop\n" },
});
POE::Kernel->run;

# R284: a removed file: nothing; made again: reset and its content
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
sub add { open my $f, ">>", $path or die; print $f @_ }
POE::Session->create(inline_states => {
  _start => sub {
    add("old\n");
    $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02, InputEvent => "in", ResetEvent => "reset", ErrorEvent => "error");
    $_[KERNEL]->delay(remove => 0.05);
  },
  remove => sub { print "remove\n"; unlink $path; $_[KERNEL]->delay(again => 0.1) },
  again => sub { print "again\n"; add("n1\n") },
  reset => sub { print "reset\n" },
  in => sub { print "in $_[ARG0]\n"; delete $_[HEAP]{w} },
  error => sub { print "error\n" },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

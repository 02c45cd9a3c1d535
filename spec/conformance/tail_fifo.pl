# R286: a FIFO: records as they come, neither end nor reset
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

use POSIX ();
my $path = "/tmp/poe-conformance-$$";
POSIX::mkfifo($path, 0600);
sub add { open my $f, ">", $path or die; print $f @_ }
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, InputEvent => "in", ResetEvent => "reset", ErrorEvent => "error");
    add("one\ntw");
    $_[KERNEL]->delay(more => 0.05);
  },
  more => sub { print "more\n"; add("o\nthree\n") },
  in => sub { print "in $_[ARG0]\n"; $_[KERNEL]->delay(end => 0.05) if $_[ARG0] eq "three" },
  end => sub { print "end\n"; delete $_[HEAP]{w} },
  reset => sub { print "reset\n" },
  error => sub { print "error\n" },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

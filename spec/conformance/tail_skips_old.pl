# R278: what is there is skipped, but for an unfinished last line
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
sub add { open my $f, ">>", $path or die; print $f @_ }
POE::Session->create(inline_states => {
  _start => sub {
    add("old1\nold2\npart");
    $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02, InputEvent => "in", ErrorEvent => "error", ResetEvent => "reset");
    $_[KERNEL]->delay(more => 0.05);
  },
  more => sub { print "more\n"; add("ial\nnew\n") },
  in => sub {
    print "in $_[ARG0], ", $_[ARG1] == $_[HEAP]{w}->ID ? "the id" : "?", "\n";
    delete $_[HEAP]{w} if $_[ARG0] eq "new";
  },
  reset => sub { print "reset\n" },
  error => sub { print "error\n" },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

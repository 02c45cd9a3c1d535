# R59 R281: a following wheel keeps its session until it is gone
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
open my $f, ">", $path or die;
my $owner = POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02, InputEvent => "in") },
  drop => sub { print "drop\n"; delete $_[HEAP]{w} },
  _stop => sub { print "owner stops\n" },
})->ID;
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(tell => 0.1) },
  tell => sub { print "tell\n"; $_[KERNEL]->post($owner, "drop"); $_[KERNEL]->delay(last => 0.05) },
  last => sub { print "last\n" },
});
POE::Kernel->run;
unlink $path;

# R231: run_one_timeslice runs what was due, and tells whether there is more
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("x"); $_[KERNEL]->yield("x") },
  x      => sub { print "x\n"; $_[KERNEL]->yield("y") },
  y      => sub { print "y\n" },
  _stop  => sub { print "_stop\n" },
});
for my $slice (1, 2) {
  print "slice $slice\n";
  my $more = POE::Kernel->run_one_timeslice;
  print "more: ", ($more ? "yes" : "no"), "\n";
}
my $slices = 0;
1 while POE::Kernel->run_one_timeslice and ++$slices < 10;
print "it ends by itself: ", ($slices < 10 ? "yes" : "no"), "\n";
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(t => 0.02) },
  t      => sub { print "t\n" },
  _stop  => sub { print "_stop\n" },
});
1 while POE::Kernel->run_one_timeslice;
print "done\n";

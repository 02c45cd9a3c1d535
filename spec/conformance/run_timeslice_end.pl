# R231: a slice after the last session still says yes once, then run is over
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("x") },
  x      => sub { print "x\n" },
  _stop  => sub { print "_stop\n" },
});
for my $slice (1 .. 4) {
  my $more = POE::Kernel->run_one_timeslice;
  print "slice $slice: ", ($more ? "yes" : "no"), "\n";
  last if !$more;
}

# R229 R230: run without sessions returns at once, and may be called again and again
use strict; use warnings; use POE;
$| = 1;

POE::Kernel->run;
print "nothing to run\n";
for my $turn (1 .. 3) {
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->alias_set("name"); $_[KERNEL]->delay(x => 0.01) },
    x      => sub { print "turn $turn\n" },
    _stop  => sub { print "_stop $turn\n" },
  });
  POE::Kernel->run;
  print "run returned\n";
}
POE::Kernel->run;
print "nothing left\n";

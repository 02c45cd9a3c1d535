# R250 R251: what a machine dies of
use strict; use warnings; use POE;
$| = 1;

use POE::NFA;
for my $what ("unknown", "badstate", "badenter", "empty") {
  my $m = POE::NFA->spawn(inline_states => { one => { enter => sub { $_[KERNEL]->yield("go") }, go => sub { print "$what\n"; my $m = $_[MACHINE]; $what eq "unknown" ? $_[KERNEL]->yield("nobody") : $what eq "badstate" ? $m->goto_state("none", "x") : $what eq "badenter" ? $m->goto_state("one", "none") : $m->return_state } } });
  $m->goto_state("one", "enter");
  print eval { POE::Kernel->run; 1 } ? "fine\n" : "died\n";
}
my $early = POE::NFA->spawn(inline_states => { one => { e => sub { print "?\n" } } }); POE::Kernel->post($early, "e"); print eval { POE::Kernel->run; 1 } ? "fine\n" : "died\n";

# R28 R62: events posted by handlers run in the next slice, collection ends a slice
use strict; use warnings; use POE;
$| = 1;

sub session {
  my ($name, %states) = @_;
  POE::Session->create(inline_states => { _start => sub { }, _stop => sub { print "$name:_stop\n" }, %states });
}
my $c = session("C", x => sub { print "C:x\n"; $_[KERNEL]->yield("y") }, y => sub { print "C:y\n"; $_[KERNEL]->yield("z") }, z => sub { print "C:z\n" });
my $a = session("A", x => sub { print "A:x\n"; $_[KERNEL]->yield("y") }, y => sub { print "A:y\n" });
my $b = session("B", x => sub { print "B:x\n" });
$poe_kernel->post($_, "x") for $c, $a, $b;
for my $slice (1 .. 4) {
  print "slice $slice\n";
  $poe_kernel->run_one_timeslice;
}
$poe_kernel->run;

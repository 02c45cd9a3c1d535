# R196: IDs increase and are not used again, also across several runs
use strict; use warnings; use POE;
$| = 1;

my (%used, $last, $repeated, $descending);
$last = $repeated = $descending = 0;
sub note {
  my $id = shift;
  $repeated++ if $used{$id}++;
  $descending++ if $id <= $last;
  $last = $id;
}
for my $run (1 .. 3) {
  for (1 .. 3) {
    POE::Session->create(inline_states => { _start => sub {
      note($_[SESSION]->ID);
      POE::Session->create(inline_states => { _start => sub { note($_[SESSION]->ID) } });
    } });
  }
  POE::Kernel->run;
  print "run $run: ", scalar(keys %used), " sessions, $repeated repeated, $descending descending\n";
}

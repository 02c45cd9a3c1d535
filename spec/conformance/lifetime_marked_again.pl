# R67: posting to a session that has nothing left in this slice keeps it alive
use strict; use warnings; use POE;
$| = 1;

my ($a, @stopped);
$a = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->refcount_increment($_[SESSION]->ID, "hold") },
  x      => sub { print "A:x, nothing left\n"; $_[KERNEL]->refcount_decrement($_[SESSION]->ID, "hold") },
  again  => sub { print "A:again, stopped so far: ", scalar @stopped, "\n" },
  more   => sub { print "A:more\n" },
  _stop  => sub { push @stopped, "A" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->alias_set("b") },
  x      => sub { print "B:x\n"; $_[KERNEL]->post($a, "again"); $_[KERNEL]->alias_remove("b") },
  _stop  => sub { push @stopped, "B" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(go => 0.02) },
  go     => sub { $_[KERNEL]->post($a, "x"); $_[KERNEL]->post("b", "x") },
});
POE::Kernel->run;
print "stopped: @{[sort @stopped]}\n";

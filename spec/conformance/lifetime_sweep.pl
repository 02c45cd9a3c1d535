# R62: sessions are collected at the end of the slice, not between its events
use strict; use warnings; use POE;
$| = 1;

my ($a, $b);
my @stopped;
$b = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->alias_set("b"); $_[KERNEL]->refcount_increment($_[SESSION]->ID, "hold") },
  e      => sub { print "B:e\n"; $_[KERNEL]->refcount_decrement($_[SESSION]->ID, "hold"); $_[KERNEL]->alias_remove("b") },
  e2     => sub { 1 },
  _stop  => sub { push @stopped, "B" },
});
$a = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->refcount_increment($_[SESSION]->ID, "hold") },
  e      => sub {
    print "A:e, B resolves: ", (defined $_[KERNEL]->ID_id_to_session($b->ID) ? "yes" : "no"), "\n";
    print "B can be called: ", ($_[KERNEL]->call($b, "e2") ? "yes" : "no"), "\n";
    $_[KERNEL]->refcount_decrement($_[SESSION]->ID, "hold");
    $_[KERNEL]->delay(late => 0.02);
  },
  late   => sub { print "A:late, B resolves: ", (defined $_[KERNEL]->ID_id_to_session($b->ID) ? "yes" : "no"), "\n" },
  _stop  => sub { push @stopped, "A" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(go => 0.01) },
  go     => sub { $_[KERNEL]->post($b, "e"); $_[KERNEL]->post($a, "e"); print "go\n" },
  _stop  => sub { push @stopped, "D" },
});
$poe_kernel->run;
print "stopped: @{[sort @stopped]}\n";

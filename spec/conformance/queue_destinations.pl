# R20 R21 R22 R27 R41: what can be posted to
use strict; use warnings; use POE;
$| = 1;

my ($a, $id); $a = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("logger"); $id = $_[SESSION]->ID }, e => sub { print "got $_[ARG0]\n" }, bye => sub { $_[KERNEL]->alias_remove("logger") } });
sub r { my $r = shift; print $r ? "ok\n" : ($!{ESRCH} ? "ESRCH" : "other") . "\n" }
my $dead;
POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; r($k->post($a, "e", "object")); r($k->post($id, "e", "id")); r($k->post("logger", "e", "alias")); r($k->post($k, "e")); $! = 0; r($k->post("nobody", "e")); $! = 0; r($k->post(99999, "e"));
  $k->alias_set($id); my $s = $k->alias_resolve($id); print $s == $a ? "id wins\n" : "alias wins\n"; $k->alias_remove($id); $k->yield("next") },
  next => sub { $_[KERNEL]->post("logger", "bye"); $_[KERNEL]->delay("late", 0.02) }, late => sub { $! = 0; r($_[KERNEL]->post($a, "e", "dead")); print $a->ID == $id ? "id readable\n" : "?\n" } });
POE::Kernel->run;

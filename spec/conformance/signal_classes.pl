# R115 R116 R122 R124 R131 R132: benign, handled, nonmaskable, replaced watchers
use strict; use warnings; use POE;
$| = 1;

my $t = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("t"); $_[KERNEL]->sig(foo => "old", 1); $_[KERNEL]->sig(foo => "new", 2); $_[KERNEL]->sig($_ => "h") for qw(INT term UIDESTROY); $_[KERNEL]->sig(bar => "old"); $_[KERNEL]->sig("bar") }, old => sub { print "old\n" }, new => sub { print "new $_[ARG0] $_[ARG1] $_[ARG2]\n" }, h => sub { print "h $_[ARG0]\n"; $_[KERNEL]->call($_[SESSION], "inner") }, inner => sub { $_[KERNEL]->sig_handled }, a => sub { print "a\n" }, _stop => sub { print "stop\n" } });
POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; $k->sig_handled; $k->post("t", "a"); $k->signal("t", "foo", "arg"); $k->post("t", "a"); $k->signal("t", $_) for qw(bar USR1 CHLD PIPE term INT); $! = 0; print $k->signal("nobody", "INT") ? "?" : $!{ESRCH} ? "ESRCH\n" : "other\n"; $k->signal("t", "UIDESTROY"); $k->post("t", "a") } });
POE::Kernel->run;

# R93: a reference count anywhere keeps IDLE away
use strict; use warnings; use POE;
$| = 1;

my $id;
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("a"); $id = $_[SESSION]->ID; $_[KERNEL]->sig(IDLE => "idle"); $_[KERNEL]->sig(USR2 => "go") }, idle => sub { print "idle\n" }, _stop => sub { print "a stop\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->refcount_increment($id, "t"); $_[KERNEL]->delay(x => 0.02) }, x => sub { print "x\n"; $_[KERNEL]->delay(y => 0.02) }, y => sub { print "y\n"; $_[KERNEL]->refcount_decrement($id, "t") } });
POE::Kernel->run;

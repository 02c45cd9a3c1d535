# R71 R199 R200 R201 R202: reference counts
use strict; use warnings; use POE;
$| = 1;

my $a = POE::Session->create(inline_states => { _start => sub { my ($k, $s) = @_[KERNEL, SESSION]; my $id = $s->ID; print join(" ", $k->refcount_increment($id, "t"), $k->refcount_increment($id, "t"), $k->refcount_increment($id, "u"), $k->refcount_decrement($id, "t"), $k->refcount_decrement($id, "u"), $k->refcount_decrement($id, "v"), $k->refcount_increment($id, "v")), "\n"; $! = 0; my $r = $k->refcount_increment(99999, "t"); print defined $r ? "?" : $!{ESRCH} ? "ESRCH" : "other", "\n"; $k->alias_set("al"); $! = 0; $r = $k->refcount_increment("al", "t"); print defined $r ? "?" : $!{ESRCH} ? "ESRCH" : "other", "\n"; $k->alias_remove("al") }, _stop => sub { print "A stop\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(x => 0.02) }, x => sub { print "B x ", $_[KERNEL]->refcount_decrement($a->ID, "t"), "\n"; $_[KERNEL]->delay(y => 0.02) }, y => sub { print "B y\n" }, _stop => sub { print "B stop\n" } });
POE::Kernel->run;

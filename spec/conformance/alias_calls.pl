# R190 R191 R192 R193 R195: aliases
use strict; use warnings; use POE;
$| = 1;

sub er { my $r = shift; print $r == 0 ? "ok" : $r == 17 ? "EEXIST" : $r == 3 ? "ESRCH" : $r == 1 ? "EPERM" : $r, "\n" }
POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; er($k->alias_set("one")); er($k->alias_set("one")); er($k->alias_set("b")); er($k->alias_set("a")); print join(" ", $k->alias_list), "\n"; $k->delay(end => 0.03) }, end => sub { my $k = $_[KERNEL]; $k->alias_remove($_) for qw(a b) }, _stop => sub { print "in _stop: ", ($_[KERNEL]->alias_resolve("one") ? 1 : 0), "\n" } });
POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; er($k->alias_set("one")); er($k->alias_remove("one")); er($k->alias_remove("none")); my @l = $k->alias_list("one"); print "@l\n"; @l = $k->alias_list; print scalar(@l), "\n"; print defined $k->alias_resolve("none") ? "?" : "nil", "\n"; print $k->alias_resolve($_[SESSION]) == $_[SESSION] ? "self\n" : "?\n" } });
POE::Kernel->run; print defined POE::Kernel->alias_resolve("one") ? "?" : "gone", "\n";

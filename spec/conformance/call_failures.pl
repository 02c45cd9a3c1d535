# R45 R46 R48 R52: call of the missing, the unknown, the failing
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("a"); $_[KERNEL]->sig(DIE => "die") }, boom => sub { die "boom\n" }, die => sub { print "a DIE $_[ARG1]{event}\n"; $_[KERNEL]->sig_handled; $_[KERNEL]->alias_remove("a") } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("go") }, go => sub { my $k = $_[KERNEL]; $! = 0; my $r = $k->call("nobody", "x"); print defined $r ? "?" : "nil", $!{ESRCH} ? " ESRCH" : "", "\n"; $r = $k->call("a", "unknown"); print defined $r ? "?" : "nil", "\n"; print $k->call($k, "x"), "\n"; $r = $k->call("a", "boom"); print defined $r ? "?" : "nil", " goes on\n" } });
POE::Kernel->run;

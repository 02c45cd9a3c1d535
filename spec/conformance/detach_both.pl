# R222 R223 R224 R225 R226 R228: detaching
use strict; use warnings; use POE;
$| = 1;

sub er { my $r = shift; print $r ? "ok\n" : $!{EPERM} ? "EPERM\n" : $!{ESRCH} ? "ESRCH\n" : "?\n" }
sub kid { my $n = shift; POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = $n; $_[KERNEL]->alias_set($n); $_[KERNEL]->delay(end => 0.05) }, off => sub { $! = 0; er($_[KERNEL]->detach_myself); $! = 0; er($_[KERNEL]->detach_myself) }, _parent => sub { print "$n parent ", ($_[ARG1] == $_[KERNEL] ? "kernel" : "?"), "\n"; $_[KERNEL]->yield("hi") }, hi => sub { print "$n hi\n" }, end => sub { $_[KERNEL]->alias_remove($n) } }) }
POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = "P"; kid("C1"); kid("C2"); kid("C3"); $_[KERNEL]->yield("go") }, go => sub { my $k = $_[KERNEL]; $! = 0; er($k->detach_child("C1")); $! = 0; er($k->detach_child("C1")); $! = 0; er($k->detach_child("none")); $! = 0; er($k->detach_child($_[SESSION])); $k->call("C2", "off") }, _child => sub { print "P $_[ARG0] ", $_[ARG1]->get_heap->{n}, "\n"; $_[KERNEL]->detach_child($_[ARG1]) if $_[ARG0] eq "create" and $_[ARG1]->get_heap->{n} eq "C3" }, _stop => sub { print "P stop\n" } });
POE::Kernel->run;

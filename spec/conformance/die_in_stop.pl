# R162: an exception in _stop is raised by run, one more event later
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->sig(DIE => "die") }, die => sub { print "never\n" }, _stop => sub { print "A stop\n"; die "in stop\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(x2 => 0.02); $_[KERNEL]->delay(x3 => 0.04) }, x2 => sub { print "B x2\n" }, x3 => sub { print "B x3\n" }, _stop => sub { print "B stop\n" } });
eval { POE::Kernel->run }; print "raised: $@";

# R229 R231 R232 R233 R241: run, run_one_timeslice, run_while
use strict; use warnings; use POE;
$| = 1;

POE::Kernel->run; print "empty run\n";
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x"); $_[KERNEL]->yield("x") }, x => sub { print "x ", $_[KERNEL]->get_event_count, "\n"; $_[KERNEL]->yield("y") }, y => sub { print "y\n" }, _stop => sub { print "stop\n" } });
for (1 .. 4) { my $r = POE::Kernel->run_one_timeslice; print "slice $_: ", defined $r ? $r : "nil", "\n" }
my $n = 2; POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("t") }, t => sub { print "t\n"; $n--; $_[KERNEL]->yield("t") if $_[HEAP]{c}++ < 3 } });
POE::Kernel->run_while(\$n); print "paused\n"; POE::Kernel->run; print "done\n";

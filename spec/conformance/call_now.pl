# R43 R44 R49 R54: call runs at once and returns the results
use strict; use warnings; use POE;
$| = 1;

my $a = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("a"); $_[KERNEL]->yield("q") }, q => sub { print "a q\n" }, sync => sub { print "a sync ", ($_[SENDER] == $_[KERNEL] ? "kernel" : "session"), " ", defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "nil", " ", $_[KERNEL]->get_active_event, "\n"; my @r = $_[KERNEL]->call("b", "back", 5) if $_[ARG0]; return (1, 2, 3) } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("b"); $_[KERNEL]->yield("t1") }, t1 => sub { print "b t1 in\n"; my @r = $_[KERNEL]->call("a", "sync", 1); print "b t1 out @r ", $_[KERNEL]->get_active_event, "\n"; $_[KERNEL]->alias_remove("b"); $_[KERNEL]->post("a", "bye") }, back => sub { print "b back $_[ARG0] from $_[CALLER_STATE]\n"; return "x" } });
my @r = POE::Kernel->call("a", "sync", 0); print "outside @r\n";
POE::Kernel->run;

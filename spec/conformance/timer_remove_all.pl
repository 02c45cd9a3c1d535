# R107 R114: alarm_remove_all in due order; timers carry CALLER_STATE
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; $k->alarm_set(c => 2_000_000_003, 3); $k->alarm_set(a => 2_000_000_001, 1, "x"); $k->delay(d => 1); $k->alarm(b => 2_000_000_002, 2); $k->yield("y"); for ($k->alarm_remove_all) { my ($n, $t, @a) = @$_; print "$n $t @a\n" } $k->delay(t => 0.01) }, y => sub { print "y\n" }, t => sub { print "t set in $_[CALLER_STATE] by ", ($_[SENDER] == $_[SESSION] ? "self" : "other"), "\n" }, map { my $n = $_; $n => sub { print "$n fired\n" } } qw(a b c d) });
POE::Kernel->run;

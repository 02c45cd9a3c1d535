# R15 R140 R165: exceptions in _start, _child, signal handlers
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; $k->sig(DIE => "die"); $k->sig(foo => "foo"); my $c = POE::Session->create(inline_states => { _start => sub { print "c start\n"; die "in start\n" }, _stop => sub { print "c stop\n"; return } }); print ref $c ? "session\n" : "none\n"; $k->signal($_[SESSION], "foo"); $k->yield("next") }, foo => sub { die "in signal\n" }, next => sub { print "next\n" }, _child => sub { print "child $_[ARG0] ", defined $_[ARG2] ? 1 : "nil", "\n"; die "in child\n" if $_[ARG0] eq "lose" }, die => sub { my $t = $_[ARG1]{error_str}; chomp $t; $t =~ s/ at .*//s; print "DIE $_[ARG1]{event}: $t\n"; $_[KERNEL]->sig_handled }, _stop => sub { print "stop\n" } });
POE::Kernel->run; print "fine\n";

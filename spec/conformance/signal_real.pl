# R134 R135: real signals, only while watched, in turn with posts
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->sig(USR1 => "usr1"); $_[KERNEL]->yield("a"); $_[KERNEL]->delay(end => 0.1) }, a => sub { print "a\n"; kill USR1 => $$; }, usr1 => sub { print "got $_[ARG0] ", ($_[SENDER] == $_[KERNEL] ? "kernel" : "?"), "\n" }, end => sub { $_[KERNEL]->sig("USR1"); print "end\n" } });
POE::Kernel->run;

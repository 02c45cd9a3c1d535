# R78 R83 R126 R129: events before and after the signal that ends a session
use strict; use warnings; use POE;
$| = 1;

my $v = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(end => 0.03) }, e => sub { print "v got $_[ARG0]\n" }, end => sub {} });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("a") }, a => sub { my $k = $_[KERNEL]; $k->yield("b"); $k->signal($_[SESSION], "TERM"); $k->yield("c"); $k->post($v, "e", "from s"); print "a done\n" }, b => sub { print "b\n" }, c => sub { print "c\n" }, _stop => sub { print "s stop\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("a") }, a => sub { $_[KERNEL]->post($v, "e", "from w") } });
POE::Kernel->run;

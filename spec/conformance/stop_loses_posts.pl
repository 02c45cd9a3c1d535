# R76 R80: what _stop does reports success and is lost
use strict; use warnings; use POE;
$| = 1;

my $b = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(end => 0.05) }, e => sub { print "b got $_[ARG0]\n" }, end => sub { print "b end\n" }, sg => sub { print "signal\n" } });
POE::Session->create(inline_states => { _start => sub {}, _stop => sub { my ($k, $s) = @_[KERNEL, SESSION]; print $k->post($b, "e", 1) ? "posted\n" : "no\n"; $k->yield("x"); $k->delay(x => 0); $k->alias_set("me"); print $k->refcount_increment($s->ID, "t"), "\n"; print $k->post($s, "x") ? "posted\n" : "no\n" }, x => sub { print "x\n" } });
POE::Kernel->run; 

# R72 R215 R216 R217 R218: postbacks and callbacks
use strict; use warnings; use POE;
$| = 1;

my ($pb, $cb);
my $a = POE::Session->create(inline_states => { _start => sub { $pb = $_[SESSION]->postback("e", 1, 2); $cb = $_[SESSION]->callback("e", "c") }, e => sub { print "e @{$_[ARG0]} | @{$_[ARG1]}\n"; push @{$_[ARG0]}, "changed"; return scalar @{$_[ARG1]} }, _stop => sub { print "A stop\n" } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { $pb->("a"); $pb->("b", "c"); print "callback gives ", $cb->("x", "y", "z"), "\n"; undef $pb; print "one gone\n"; $_[KERNEL]->delay(y => 0.02) }, y => sub { undef $cb; print "both gone\n"; $_[KERNEL]->delay(z => 0.02) }, z => sub { print "z\n" } });
POE::Kernel->run;

# R204 R205 R206 R207 R208: handlers changed at run time
use strict; use warnings; use POE;
$| = 1;

{ package Obj; sub new { bless { n => $_[1] }, $_[0] } sub m1 { print "m1 of $_[0]{n} in $_[POE::Session::STATE]\n" } sub pk { print "package $_[0]\n" } }
my $o = Obj->new("obj");
POE::Session->create(object_states => [ $o => { ev => "m1" } ], package_states => [ Obj => ["pk"] ], inline_states => { _start => sub { $_[KERNEL]->yield($_) for qw(ev pk x) }, x => sub { $_[KERNEL]->yield("r"); $_[KERNEL]->yield("chg") ; $_[KERNEL]->yield("r"); $_[KERNEL]->yield("gone"); $_[KERNEL]->yield("m1"); $_[KERNEL]->state(m1 => $o); $_[KERNEL]->yield("named"); $_[KERNEL]->state(named => $o, "m1") }, r => sub { print "r old\n" }, chg => sub { $_[KERNEL]->state(r => sub { print "r new\n" }); $_[KERNEL]->state("gone"); $_[KERNEL]->state("never"); $_[KERNEL]->state(_stop => sub { print "stop new\n" }) }, gone => sub { print "gone?\n" }, _stop => sub { print "stop old\n" }, _default => sub { print "default $_[ARG0]\n"; 0 } });
POE::Kernel->run;

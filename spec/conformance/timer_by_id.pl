# R100 R101 R103 R104: removing and adjusting by ID, and what goes wrong
use strict; use warnings; use POE;
$| = 1;

my $id;
sub er { my $r = shift; print defined $r ? "ok" : $!{ESRCH} ? "ESRCH" : $!{EPERM} ? "EPERM" : "other", "\n" }
POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; $id = $k->alarm_set(e => 2_000_000_000, "a", "b"); my $at = $k->alarm_adjust($id, 5); print $at, "\n"; my ($n, $t, $l) = $k->alarm_remove($id); print "$n $t @$l\n"; $! = 0; er($k->alarm_remove($id)); $! = 0; er($k->alarm_adjust($id, 1)); $id = $k->delay_set(own => 0.01); $k->yield("go") },
  go => sub { $_[KERNEL]->post("other", "try") }, own => sub { $! = 0; er($_[KERNEL]->alarm_remove($id)); $_[KERNEL]->post("other", "end") } });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("other") }, try => sub { $! = 0; er(scalar $_[KERNEL]->alarm_remove($id)); $! = 0; er($_[KERNEL]->alarm_adjust($id, 1)) }, end => sub { $_[KERNEL]->alias_remove("other") } });
POE::Kernel->run;

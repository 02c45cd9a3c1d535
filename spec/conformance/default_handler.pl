# R209 R210: what _default gets
use strict; use warnings; use POE;
$| = 1;

my $s = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("s"); $_[KERNEL]->sig(USR1 => "sig_ev"); POE::Session->create(inline_states => { _start => sub {} }); $_[KERNEL]->yield("x", 1, 2); $_[KERNEL]->signal($_[SESSION], "USR1", "sa"); $_[KERNEL]->delay(end => 0.02) }, _default => sub { my ($e, $l) = @_[ARG0, ARG1]; my @l = map { ref $_ ? "session" : defined $_ ? $_ : "nil" } @$l; print "$_[STATE] $e (@l)\n"; push @$l, "changed"; return "value" }, end => sub { print $_[KERNEL]->call($_[SESSION], "unknown", "z"), "\n"; $_[KERNEL]->alias_remove("s") } });
POE::Session->create(inline_states => { _start => sub { print $_[KERNEL]->call("s", "other"), "\n" } });
POE::Kernel->run;

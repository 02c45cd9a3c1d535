# R117 R118 R119 R120 R121 R125: a signal and its tree
use strict; use warnings; use POE;
$| = 1;

my %s;
sub mk { my ($n, $watch, @k) = @_; POE::Session->create(inline_states => { _start => sub { $s{$n} = $_[SESSION]; $_[HEAP]{n} = $n; $_[KERNEL]->alias_set($n); $_[KERNEL]->sig(TERM => "term", "own") if $watch; $_->() for @k }, term => sub { print "$n $_[ARG0] @_[ARG1..$#_] ", ($_[SENDER] == $_[KERNEL] ? "kernel" : "?"), "\n" }, _child => sub { print "$n $_[ARG0] ", $_[ARG1]->get_heap->{n}, "\n" if $_[ARG0] ne "create" }, _stop => sub { print "$n stop\n" } }) }
mk("R", 1, sub { mk("A", 1, sub { mk("B", 1, sub { mk("C", 0) }) }) });
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->yield("go") }, go => sub { $_[KERNEL]->signal($s{B}, "TERM", "x", "y"); $_[KERNEL]->delay(more => 0.02) }, more => sub { print "--\n"; $_[KERNEL]->signal("R", "TERM") } });
POE::Kernel->run;

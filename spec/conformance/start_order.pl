# R1 R2 R3 R4 R6 R8: _start runs inside create, _child create follows it, inside out
use strict; use warnings; use POE;
$| = 1;

sub mk { my ($n, @k) = @_; POE::Session->create(inline_states => {
  _start => sub { print "$n start begin ", ($_[SENDER] == $_[KERNEL] ? "kernel" : "session"), " ", defined $_[CALLER_STATE] ? "state" : "none", "\n"; $_[HEAP]{n} = $n; mk(@k) if @k; print "$n start end\n" },
  _child => sub { print "$n child $_[ARG0] ", $_[ARG1]->get_heap->{n}, "\n"; print "  by ", ($_[SENDER] == $_[KERNEL] ? "kernel" : "session"), "\n" },
  _parent => sub { print "$n parent\n" }, _stop => sub { print "$n stop\n" } }) }
mk("P", "C", "G"); print "created\n"; POE::Kernel->run; print "done\n";

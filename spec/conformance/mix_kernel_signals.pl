# R124 R130 R115 R87 R167: signals to the kernel: broadcasts, saved and not, IDLE and ZOMBIE by hand
use strict; use warnings; use POE;
$| = 1;

my $handles;
sub session { my ($n, $start) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { my $k = $_[KERNEL]; $k->sig($_ => "told") for "mine", "TERM", "IDLE", "ZOMBIE", "UIDESTROY", "DIE", "KILL"; $k->delay(end => 0.1); $start->() if $start },
    told   => sub { print "$n $_[ARG0] @_[ARG1..$#_] ", ($_[SENDER] == $_[KERNEL] ? "kernel" : "?"), "\n"; $_[KERNEL]->sig_handled if $handles eq $n },
    end    => sub { print "$n end\n" },
    _child => sub { print "$n lose ", $_[ARG1]->get_heap, "\n" if $_[ARG0] eq "lose" },
    _stop  => sub { print "$n stop\n" },
  });
}
for my $case (["mine", ""], ["TERM", "C"], ["TERM", ""], ["IDLE", "P"], ["IDLE", ""], ["ZOMBIE", "P"], ["UIDESTROY", "C"], ["KILL", "P"], ["KILL", ""], ["DIE", "P"], ["NOSUCH", ""]) {
  my ($signal, $who) = @$case;
  $handles = $who;
  print "-- $signal, $who handles\n";
  session("P", sub { session("C") });
  print "sent: ", ($poe_kernel->signal($poe_kernel, $signal) ? "ok" : "no"), "\n";
  $poe_kernel->run;
}

# R161 R162 R170 R231 R232: run_one_timeslice and run_while that raise, and what is left afterwards
use strict; use warnings; use POE;
$| = 1;

sub session { my ($n, %how) = @_;
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->delay(end => 0.05) if $how{lives}; $_[KERNEL]->yield("boom") if $how{dies}; $_[KERNEL]->yield("x") },
    boom   => sub { print "$n boom\n"; die "$n bang\n" },
    x      => sub { print "$n x\n" },
    end    => sub { print "$n end\n" },
    _stop  => sub { print "$n stop\n" },
  });
}
session("A", dies => 1); session("B", lives => 1);
for (1 .. 4) { my $r; print "slice $_: ", (eval { $r = $poe_kernel->run_one_timeslice; 1 } ? ($r ? "more" : "end") : "raised $@"), ($r || !$@ ? "\n" : ""); last if !$r && !$@; }
print "-- while\n";
session("C", dies => 1); session("D", lives => 1);
my $go = 1;
print eval { $poe_kernel->run_while(\$go); 1 } ? "fine\n" : "raised $@";
session("E", lives => 1);
print eval { $poe_kernel->run_while(\$go); 1 } ? "fine\n" : "raised $@";
print "-- stop in between\n";
session("F", lives => 1);
$poe_kernel->run_one_timeslice; $poe_kernel->stop; print "stopped\n";
session("G", lives => 1);
$poe_kernel->run;

# R18 R235 R240: stop() called by the program, before and between runs
use strict; use warnings; use POE;
$| = 1;

sub make {
  my $name = shift;
  POE::Session->create(inline_states => {
    _start => sub { print "$name:_start\n"; $_[KERNEL]->yield("x"); $_[KERNEL]->delay(never => 5) },
    x      => sub { print "$name:x\n" },
    never  => sub { print "$name:never\n" },
    _stop  => sub { print "$name:_stop from ", ($_[SENDER] == $_[KERNEL] ? "kernel" : "session"), "\n" },
  });
}
make("A");
POE::Kernel->stop;
print "stopped\n";
POE::Kernel->run;
print "run returned\n";
make("B");
POE::Kernel->run_one_timeslice;
POE::Kernel->stop;
print "stopped\n";
POE::Kernel->run;
print "run returned\n";

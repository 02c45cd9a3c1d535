# R150: a process that nobody watches outlives run
use strict; use warnings; use POE;
$| = 1;

open(my $pipe, "-|", "echo \$\$; exec sleep 5") or die;
my $pid = 0 + <$pipe>;
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->sig_child($pid, "gone"); $_[KERNEL]->delay(away => 0.02) },
  away   => sub { $_[KERNEL]->sig_child($pid); print "away\n" },
  gone   => sub { print "gone\n" },
  _stop  => sub { print "_stop\n" },
});
POE::Kernel->run;
print kill(0, $pid) ? "still running\n" : "ended\n";
kill TERM => $pid;

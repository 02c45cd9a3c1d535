# R139: who loses the last watcher of a real signal has the system's default again; PIPE ends nobody
use strict; use warnings; use POE;
$| = 1;

if (!@ARGV) {
  for my $what ("watched", "unwatched", "PIPE") {
    my $status = system($^X, $0, $what);
    print "$what: ", ($status & 127 ? "signal " . ($status & 127) : "exit " . ($status >> 8)), "\n";
  }
  POE::Kernel->run;
  exit;
}
POE::Session->create(inline_states => {
  _start => sub {
    $_[KERNEL]->sig(USR1 => "usr1");
    $_[KERNEL]->sig("USR1") if $ARGV[0] eq "unwatched";
    $_[KERNEL]->delay(go => 0.02);
  },
  go   => sub { kill(($ARGV[0] eq "PIPE" ? "PIPE" : "USR1"), $$); $_[KERNEL]->delay(end => 0.05) },
  usr1 => sub { print "got\n" },
  end  => sub { $_[KERNEL]->sig("USR1") },
});
POE::Kernel->run;
exit 7;

# R188: a session that drops its last watcher when reading stops before the writes
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my ($a, $b) = pair();
my ($c, $d) = pair();
syswrite $b, "x";
for my $n ("R", "W") {
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->delay(watch => 0.02) },
    watch => sub { $n eq "R" ? $_[KERNEL]->select_read($a, "ready") : $_[KERNEL]->select_write($c, "ready") },
    ready => sub { print "$n:ready\n"; $_[KERNEL]->select($_[ARG0]) },
    _stop => sub { print "$n:_stop\n" },
  });
}
POE::Kernel->run;

# R31 R32 R109: the queue is ordered by time
use strict; use warnings; use POE;
$| = 1;

use Time::HiRes 'time';
POE::Session->create(inline_states => { _start => sub { my $k = $_[KERNEL]; my $now = time; $k->yield("y1"); $k->delay(d0 => 0); $k->yield("y2"); $k->alarm(past => $now - 10); $k->alarm(past2 => $now - 10); $k->alarm(past20 => $now - 20); $k->delay(neg => -5); $k->yield("y3"); $k->alarm(epoch1 => 1); $k->alarm(zero => 0); $k->alarm(now => time); $k->yield("y4") },
  map { my $n = $_; $n => sub { print "$n\n" } } qw(y1 d0 y2 past past2 past20 neg y3 epoch1 zero now y4) });
POE::Kernel->run;

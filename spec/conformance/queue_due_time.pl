# R31: the queue is ordered by time; what is posted carries the present
use strict; use warnings; use POE;
$| = 1;

my @events = qw(zero epoch1 past20 past past2 neg y1 d0 y2 y3 soon);
my %states = map { my $event = $_; $event => sub { print "$event\n" } } @events;
POE::Session->create(inline_states => { %states, _start => sub {
  my $kernel = $_[KERNEL];
  my $now = time;
  $kernel->yield("y1");
  $kernel->delay(d0 => 0);
  $kernel->yield("y2");
  $kernel->delay(soon => 0.02);
  $kernel->alarm(past => $now - 10);
  $kernel->alarm(past2 => $now - 10);
  $kernel->alarm(past20 => $now - 20);
  $kernel->delay(neg => -5);
  $kernel->yield("y3");
  $kernel->alarm(epoch1 => 1);
  $kernel->alarm(zero => 0);
} });
$poe_kernel->run;

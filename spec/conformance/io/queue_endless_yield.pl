# R36: an endless chain of yields starves neither timers nor handles
use strict; use warnings; use POE;
$| = 1;

use Socket;
my $chain = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("chain") },
  chain  => sub { $_[KERNEL]->yield("chain") unless $_[HEAP]{done} },
  done   => sub { print "chain told to end\n"; $_[HEAP]{done} = 1 },
});
POE::Session->create(heap => {}, inline_states => {
  _start => sub {
    socketpair(my $a, $_[HEAP]{b}, AF_UNIX, SOCK_STREAM, 0) or die;
    $_[KERNEL]->select_read($a, "readable");
    $_[KERNEL]->delay(timer => 0.02);
  },
  timer    => sub { print "timer\n"; close delete $_[HEAP]{b} },
  readable => sub {
    print "readable\n";
    $_[KERNEL]->select_read($_[ARG0]);
    $_[KERNEL]->post($chain, "done");
  },
});
$poe_kernel->run;
print "run returned\n";

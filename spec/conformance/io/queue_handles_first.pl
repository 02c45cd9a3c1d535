# R29 R30: ready handles come before events; what they post runs in the same slice
use strict; use warnings; use POE;
$| = 1;

use Socket;
POE::Session->create(inline_states => {
  _start => sub {
    socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die;
    close $b;   # a is readable (at its end) and writable
    $_[HEAP]{a} = $a;
    $_[KERNEL]->select_read($a, "rd");
    $_[KERNEL]->select_write($a, "wr");
    $_[KERNEL]->yield("yielded");
    $_[KERNEL]->alarm(past => time - 10);
  },
  rd => sub {
    print "rd\n";
    $_[KERNEL]->select_read($_[HEAP]{a});
    $_[KERNEL]->yield("after_rd");
  },
  wr => sub {
    print "wr\n";
    $_[KERNEL]->select_write($_[HEAP]{a});
    $_[KERNEL]->yield("after_wr");
  },
  past     => sub { print "past\n" },
  yielded  => sub { print "yielded\n"; $_[KERNEL]->yield("next") },
  after_rd => sub { print "after_rd\n" },
  after_wr => sub { print "after_wr\n" },
  next     => sub { print "next\n" },
  _stop    => sub { print "_stop\n" },
});
$poe_kernel->run;

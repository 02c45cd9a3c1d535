# R56: readiness comes from the session itself, without a caller
use strict; use warnings; use POE;
$| = 1;

use Socket;
POE::Session->create(inline_states => {
  _start => sub {
    socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die;
    close $b;
    $_[HEAP]{a} = $a;
    $_[KERNEL]->select_read($a, "readable", "extra", 2);
  },
  readable => sub {
    print "$_[STATE]: sender ", ($_[SENDER] == $_[SESSION] ? "self" : "other"), ", caller ",
      (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "none"), ", active ", $_[KERNEL]->get_active_event, "\n";
    print "the handle: ", ($_[ARG0] == $_[HEAP]{a} ? "the same" : "another"), ", mode ", (qw(read write expedite))[$_[ARG1]],
      ", extras @_[ARG2, ARG3]\n";
    $_[KERNEL]->select_read($_[ARG0]);
  },
  _stop => sub { print "_stop\n" },
});
$poe_kernel->run;

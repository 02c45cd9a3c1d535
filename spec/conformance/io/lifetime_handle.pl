# R59 R73: a watched handle, even a paused one, keeps its session; IDLE is never sent
use strict; use warnings; use POE;
$| = 1;

use Socket;
my $a = POE::Session->create(inline_states => {
  _start => sub {
    socketpair($_[HEAP]{a}, $_[HEAP]{b}, AF_UNIX, SOCK_STREAM, 0) or die;
    $_[KERNEL]->sig(IDLE => "idle");
    $_[KERNEL]->select_read($_[HEAP]{a}, "readable");
  },
  pause    => sub { print "A:pause\n"; $_[KERNEL]->select_pause_read($_[HEAP]{a}) },
  off      => sub { print "A:off\n"; $_[KERNEL]->select_read($_[HEAP]{a}) },
  readable => sub { print "A:readable\n" },
  idle     => sub { print "A:idle\n" },
  _stop    => sub { print "A:_stop\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(one => 0.01) },
  one    => sub { print "B:one\n"; $_[KERNEL]->post($a, "pause"); $_[KERNEL]->delay(two => 0.02) },
  two    => sub { print "B:two\n"; $_[KERNEL]->post($a, "off"); $_[KERNEL]->delay(three => 0.02) },
  three  => sub { print "B:three\n" },
  _stop  => sub { print "B:_stop\n" },
});
POE::Kernel->run;

# R349: a two-way pipe: two handles, each for both ways
use strict; use warnings; use POE qw(Pipe::TwoWay); use Socket;
$| = 1;
alarm 3; # the guard

my ($a_r, $a_w, $b_r, $b_w) = POE::Pipe::TwoWay->new("socketpair");
POE::Session->create(inline_states => {
  _start => sub {
    $_[KERNEL]->select_read($a_r, "a");
    $_[KERNEL]->select_read($b_r, "b");
    syswrite $a_w, "ping";
  },
  a => sub { sysread $a_r, my $data, 100; print "a got $data\n"; $_[KERNEL]->select_read($_) for $a_r, $b_r },
  b => sub { sysread $b_r, my $data, 100; print "b got $data\n"; syswrite $b_w, "pong" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

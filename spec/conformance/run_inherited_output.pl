# R297: without output events the program writes where we write
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    print "before\n";
    $_[HEAP]{w} = POE::Wheel::Run->new(Program => ["echo", "from the program"], StdinEvent => "written", CloseEvent => "closed");
    $_[KERNEL]->sig_child($_[HEAP]{w}->PID, "chld");
  },
  chld => sub { print "chld ", $_[ARG2] >> 8, "\n"; delete $_[HEAP]{w} },
  closed => sub { print "close\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

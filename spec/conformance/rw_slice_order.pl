# R254 R29: input, then the flush event, then the queue, when all was put in a handler
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", FlushedEvent => "flushed");
    $_[KERNEL]->delay(go => 0.02);
  },
  go => sub {
    syswrite $_[HEAP]{b}, "l1\nl2\n";
    $_[HEAP]{w}->put("out");
    $_[KERNEL]->yield("event");
  },
  in => sub { print "in $_[ARG0]\n" },
  flushed => sub { print "flushed\n" },
  event => sub { print "event\n"; delete $_[HEAP]{w} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R301: the names of its events may change
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    my $w = $_[HEAP]{w} = POE::Wheel::Run->new(Program => ["cat"], StdoutEvent => "out_1", ErrorEvent => "error", CloseEvent => "closed_1");
    $_[KERNEL]->sig_child($w->PID, "chld");
    $w->put("one");
  },
  out_1 => sub {
    print "out_1 $_[ARG0]\n";
    $_[HEAP]{w}->event(StdoutEvent => "out_2", CloseEvent => "closed_2");
    $_[HEAP]{w}->put("two");
  },
  out_2 => sub { print "out_2 $_[ARG0]\n"; $_[HEAP]{w}->shutdown_stdin },
  closed_1 => sub { print "closed_1\n"; delete $_[HEAP]{w} },
  closed_2 => sub { print "closed_2\n"; delete $_[HEAP]{w} },
  error => sub { },
  chld => sub { },
});
POE::Kernel->run;

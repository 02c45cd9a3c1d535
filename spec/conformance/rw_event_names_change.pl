# R271: the names of events may change between two records of a read
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "header", FlushedEvent => "flushed_1", ErrorEvent => "error_1");
    syswrite $_[HEAP]{b}, "To: me\nFrom: you\n\nbody 1\nbody 2\n";
    close delete $_[HEAP]{b};
  },
  header => sub {
    print "header '$_[ARG0]'\n";
    $_[HEAP]{w}->event(InputEvent => "body", ErrorEvent => "error_2") if $_[ARG0] eq "";
  },
  body => sub { print "body '$_[ARG0]'\n" },
  error_1 => sub { print "error_1\n"; delete $_[HEAP]{w} },
  error_2 => sub { print "error_2\n"; delete $_[HEAP]{w} },
});
POE::Kernel->run;

# R254: the records of one read in a row, then the flush event, then the queue
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    syswrite $_[HEAP]{b}, "l1\nl2\nl3\nl4\n";
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", FlushedEvent => "flushed", ErrorEvent => "error");
    $_[HEAP]{w}->put("out");
    $_[KERNEL]->yield("event");
  },
  in => sub { print "in $_[ARG0]\n"; $_[KERNEL]->yield("event") if $_[ARG0] eq "l1" },
  flushed => sub { print "flushed\n" },
  event => sub { print "event\n"; delete $_[HEAP]{w} if ++$_[HEAP]{n} == 2 },
  _stop => sub { sysread $_[HEAP]{b}, my $data, 100; print "peer got ", $data =~ s/\r\n/|/r, "\n" },
});
POE::Kernel->run;

# R261: with auto_flush each put writes and tells before it returns
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Stream->new, FlushedEvent => "flushed", AutoFlush => 1);
    for my $data ("one", "two") {
      $_[HEAP]{w}->put($data);
      sysread $_[HEAP]{b}, my $got, 10;
      print "put $data, peer got $got\n";
    }
    $_[KERNEL]->delay(done => 0.03);
  },
  flushed => sub { print "flushed\n" },
  done => sub { print "done\n"; delete $_[HEAP]{w} },
});
POE::Kernel->run;

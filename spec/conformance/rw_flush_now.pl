# R261: flush() writes and tells at once, within the call
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Stream->new, FlushedEvent => "flushed");
    $_[HEAP]{w}->put("hello");
    print "put\n";
    $_[HEAP]{w}->flush;
    sysread $_[HEAP]{b}, my $data, 10;
    print "back from flush, peer got $data\n";
    $_[KERNEL]->delay(done => 0.03);
  },
  flushed => sub { print "flushed, octets ", $_[HEAP]{w}->get_driver_out_octets, "\n" },
  done => sub { print "done\n"; delete $_[HEAP]{w} },
});
POE::Kernel->run;

# R258: several puts of a slice flush once, puts of several slices once each
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, FlushedEvent => "flushed");
    $_[HEAP]{w}->put("one");
    $_[HEAP]{w}->put("two", "three");
    print $_[HEAP]{w}->get_driver_out_messages, " messages, ", $_[HEAP]{w}->get_driver_out_octets, " octets\n";
    $_[KERNEL]->delay(four => 0.02);
  },
  four => sub { $_[HEAP]{w}->put("four"); $_[KERNEL]->delay(five => 0.02) },
  five => sub { $_[HEAP]{w}->put("five") },
  flushed => sub {
    sysread $_[HEAP]{b}, my $data, 100;
    print "flushed ", $data =~ s/\r\n/|/gr, " left ", $_[HEAP]{w}->get_driver_out_octets, "\n";
    delete $_[HEAP]{w} if $data =~ /five/;
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

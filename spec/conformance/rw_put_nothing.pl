# R259: putting nothing is nothing
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Stream->new, FlushedEvent => "flushed");
    print $_[HEAP]{w}->put() ? 1 : 0, $_[HEAP]{w}->put("") ? 1 : 0, " ", $_[HEAP]{w}->get_driver_out_octets, "\n";
    $_[KERNEL]->delay(some => 0.03);
  },
  flushed => sub { print "flushed\n"; delete $_[HEAP]{w} },
  some => sub { print "some\n"; $_[HEAP]{w}->put("x") },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R260: putting in the flush event gives another one
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Stream->new, FlushedEvent => "flushed");
    $_[HEAP]{w}->put("0");
  },
  flushed => sub {
    my $n = ++$_[HEAP]{n};
    print "flushed $n\n";
    if ($n < 4) { $_[HEAP]{w}->put($n) } else { delete $_[HEAP]{w} }
  },
  _stop => sub { sysread $_[HEAP]{b}, my $data, 10; print "peer got $data\n" },
});
POE::Kernel->run;

# R263: put tells of the high mark, the low event comes before the flush event
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    my $w = $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Stream->new, FlushedEvent => "flushed", HighMark => 100, LowMark => 10, HighEvent => "high", LowEvent => "low");
    print join(" ", map { $w->put("x" x $_) ? 1 : 0 } 50, 50, 1), "\n";
  },
  high => sub { print "high\n" },
  low => sub { print "low ", $_[ARG0] == $_[HEAP]{w}->ID ? "id" : "?", "\n" },
  flushed => sub {
    print "flushed\n";
    if ($_[HEAP]{n}++) { delete $_[HEAP]{w} } else { print $_[HEAP]{w}->put("small") ? 1 : 0, "\n" }
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

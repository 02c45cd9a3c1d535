# R264: marks may be moved afterwards; impossible ones change nothing
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    local $SIG{__WARN__} = sub {};
    (my $a, $_[HEAP]{b}) = pair();
    my $w = $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Stream->new, HighMark => 100, LowMark => 10, HighEvent => "high", LowEvent => "low", FlushedEvent => "flushed");
    eval { $w->set_high_mark(-1) };
    eval { $w->set_high_mark(5) };
    eval { $w->set_low_mark(0) };
    eval { $w->set_low_mark(500) };
    print $w->put("x" x 99) ? 1 : 0, $w->put("x") ? 1 : 0, "\n";
    $w->set_high_mark(200);
    $w->set_low_mark(150);
    print $w->put("x" x 99) ? 1 : 0, $w->put("x") ? 1 : 0, "\n";
  },
  high => sub { print "high\n" },
  low => sub { print "low\n" },
  flushed => sub { print "flushed\n"; delete $_[HEAP]{w} },
});
POE::Kernel->run;

# R174: unread data and the end are reported in each slice until taken
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    syswrite $_[HEAP]{b}, "xy";
    $_[KERNEL]->select_read($_[HEAP]{a}, "rd");
    $_[KERNEL]->yield("tick");
  },
  rd => sub {
    my $n = ++$_[HEAP]{n};
    if ($n <= 2) { print "rd $n: left alone\n" }
    elsif ($n <= 4) { sysread $_[ARG0], my $octet, 1; print "rd $n: $octet\n"; close delete $_[HEAP]{b} if $n == 4 }
    elsif ($n <= 6) { my $got = sysread $_[ARG0], my $octet, 1; print "rd $n: ", $got ? $octet : "end", "\n" }
    else { $_[KERNEL]->select_read($_[ARG0]); print "rd $n: enough\n" }
  },
  tick => sub { print "tick ", ++$_[HEAP]{ticks}, "\n"; $_[KERNEL]->yield("tick") if $_[HEAP]{n} < 7 },
});
POE::Kernel->run;

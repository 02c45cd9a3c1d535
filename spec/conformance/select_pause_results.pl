# R179: pausing and resuming tell whether the descriptor is watched in that mode
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub told { print shift, ": ", (shift) ? "watched" : "not watched", "\n" }
POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    my $k = $_[KERNEL];
    told("before", $k->select_pause_read($_[HEAP]{a}));
    $k->select_read($_[HEAP]{a}, "rd");
    told("read", $k->select_pause_read($_[HEAP]{a}));
    told("read again", $k->select_pause_read($_[HEAP]{a}));
    told("write", $k->select_pause_write($_[HEAP]{a}));
    told("resume read", $k->select_resume_read($_[HEAP]{a}));
    told("resume write", $k->select_resume_write($_[HEAP]{a}));
    $k->select_read($_[HEAP]{a});
    told("after", $k->select_resume_read($_[HEAP]{a}));
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R172: what the handler of a ready handle gets
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    syswrite $_[HEAP]{b}, "x";
    $_[KERNEL]->select_read($_[HEAP]{a}, "ready", "r", 1);
    $_[KERNEL]->select_write($_[HEAP]{a}, "ready", "w");
  },
  ready => sub {
    my ($handle, $mode, @extras) = @_[ARG0 .. $#_];
    print $handle == $_[HEAP]{a} ? "same" : "other", " ", (qw(read write expedite))[$mode], " (@extras)\n";
    if ($mode == 0) { $_[KERNEL]->select_read($handle) } else { $_[KERNEL]->select_write($handle) }
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R256: without an error event the end is passed over in silence
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    my ($a, $b) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in");
    syswrite $b, "one\ntw";
    close $b;
    $_[KERNEL]->delay(look => 0.03);
  },
  in => sub { print "in $_[ARG0]\n" },
  look => sub { print "the wheel is ", $_[HEAP]{w} ? "there" : "gone", "\n"; delete $_[HEAP]{w} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R271: without its input event a wheel does not read; with it again it catches up
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in");
    syswrite $_[HEAP]{b}, "one\n";
  },
  in => sub {
    print "in $_[ARG0]\n";
    $_[HEAP]{w}->event(InputEvent => undef);
    syswrite $_[HEAP]{b}, "two\nthree\n";
    $_[KERNEL]->delay(on => 0.03);
  },
  on => sub { print "on\n"; $_[HEAP]{w}->event(InputEvent => "other") },
  other => sub { print "other $_[ARG0]\n"; delete $_[HEAP]{w} if $_[ARG0] eq "three" },
});
POE::Kernel->run;

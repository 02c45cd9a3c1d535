# R269: a new input filter delivers what was buffered before it is set
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in");
    syswrite $_[HEAP]{b}, "whole\nhal";
    $_[KERNEL]->delay(switch => 0.03);
  },
  in => sub {
    print "in $_[ARG0]\n";
    delete $_[HEAP]{w} if $_[ARG0] eq "f";
  },
  switch => sub {
    print "switch\n";
    $_[HEAP]{w}->set_input_filter(POE::Filter::Stream->new);
    print "switched\n";
    syswrite $_[HEAP]{b}, "f";
  },
});
POE::Kernel->run;

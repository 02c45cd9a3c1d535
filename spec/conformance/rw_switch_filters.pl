# R268: a filter set in an input handler takes the rest of the read at once
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Line Filter::Block); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Line->new, InputEvent => "line");
    syswrite $_[HEAP]{b}, "l1\nSWITCH\nabcdefENDl3\nl4\npar";
    $_[KERNEL]->delay(look => 0.03);
  },
  line => sub {
    print "line $_[ARG0]\n";
    if ($_[ARG0] eq "SWITCH") {
      $_[HEAP]{w}->event(InputEvent => "block");
      $_[HEAP]{w}->set_filter(POE::Filter::Block->new(BlockSize => 3));
      print "SWITCH returns\n";
    }
  },
  block => sub {
    print "block $_[ARG0]\n";
    if ($_[ARG0] eq "END") {
      $_[HEAP]{w}->event(InputEvent => "line");
      $_[HEAP]{w}->set_filter(POE::Filter::Line->new);
      print "END returns\n";
    }
  },
  look => sub {
    print "pending @{$_[HEAP]{w}->get_input_filter->get_pending}\n";
    delete $_[HEAP]{w};
  },
});
POE::Kernel->run;

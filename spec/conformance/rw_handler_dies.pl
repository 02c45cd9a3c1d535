# R164 R158: an input handler that dies: the rest of the read comes with the next input
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[KERNEL]->sig(DIE => "died");
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in");
    syswrite $_[HEAP]{b}, "1\n2\n3\n";
  },
  in => sub {
    print "in $_[ARG0]\n";
    die "no ones\n" if $_[ARG0] == 1;
    delete $_[HEAP]{w} if $_[ARG0] == 4;
  },
  died => sub {
    print "died: $_[ARG1]{error_str}";
    $_[KERNEL]->sig_handled;
    $_[KERNEL]->delay(more => 0.03);
  },
  more => sub { print "more\n"; syswrite $_[HEAP]{b}, "4\n" },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

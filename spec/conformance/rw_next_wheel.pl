# R273: a wheel closed, its handle goes to the next
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "line");
    syswrite $_[HEAP]{b}, "one\n";
  },
  line => sub {
    print "line $_[ARG0]\n";
    my $handle = $_[HEAP]{w}->get_input_handle;
    my $id = $_[HEAP]{w}->ID;
    delete $_[HEAP]{w};
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $handle, Filter => POE::Filter::Stream->new, InputEvent => "stream");
    print $_[HEAP]{w}->ID > $id ? "a later id\n" : "?\n";
    syswrite $_[HEAP]{b}, "two";
  },
  stream => sub { print "stream $_[ARG0]\n"; delete $_[HEAP]{w} },
});
POE::Kernel->run;

# R270: input and output have filters of their own
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Line Filter::Block); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputFilter => POE::Filter::Block->new(BlockSize => 2), OutputFilter => POE::Filter::Line->new(Literal => "!"), InputEvent => "in", FlushedEvent => "flushed");
    syswrite $_[HEAP]{b}, "abcdef";
  },
  in => sub { print "in $_[ARG0]\n"; $_[HEAP]{w}->put(uc $_[ARG0]) },
  flushed => sub {
    sysread $_[HEAP]{b}, my $data, 100;
    print "peer got $data\n";
    if ($_[HEAP]{n}++) { delete $_[HEAP]{w} }
    else {
      $_[HEAP]{w}->set_output_filter(POE::Filter::Line->new(Literal => "?"));
      syswrite $_[HEAP]{b}, "gh";
    }
  },
});
POE::Kernel->run;

# R254 R312: the writer hears of its flush before the reader has the data
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    my ($a, $b) = pair();
    $_[HEAP]{a} = POE::Wheel::ReadWrite->new(Handle => $a, FlushedEvent => "flushed");
    $_[HEAP]{b} = POE::Wheel::ReadWrite->new(Handle => $b, InputEvent => "in");
    $_[KERNEL]->delay(put => 0.02);
  },
  put => sub { $_[HEAP]{a}->put("hello") },
  flushed => sub { print "flushed\n" },
  in => sub { print "in $_[ARG0]\n"; $_[KERNEL]->delay(end => 0.02) },
  end => sub { delete @{$_[HEAP]}{qw(a b)} },
});
POE::Kernel->run;

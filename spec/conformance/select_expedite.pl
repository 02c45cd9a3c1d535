# R186 R175: ordinary data is no news for an expedite watcher, which keeps its session all the same
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my $first = POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    syswrite $_[HEAP]{b}, "x";
    $_[KERNEL]->select_expedite($_[HEAP]{a}, "ex");
  },
  ex => sub { print "ex\n" },
  off => sub { print "off\n"; $_[KERNEL]->select_expedite($_[HEAP]{a}) },
  _stop => sub { print "A:_stop\n" },
})->ID;
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(tell => 0.03) },
  tell => sub { $_[KERNEL]->post($first, "off"); $_[KERNEL]->delay(last => 0.03) },
  last => sub { print "B:last\n" },
});
POE::Kernel->run;

# R188: a session that drops its last watcher stops before the queue has its turn
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my $r = POE::Session->create(inline_states => {
  _start => sub { ($_[HEAP]{a}, $_[HEAP]{b}) = pair(); $_[KERNEL]->select_read($_[HEAP]{a}, "rd") },
  go => sub { syswrite $_[HEAP]{b}, "x" },
  rd => sub { print "R:rd\n"; $_[KERNEL]->select_read($_[ARG0]) },
  _stop => sub { print "R:_stop\n" },
})->ID;
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(start => 0.02) },
  start => sub { $_[KERNEL]->call($r, "go"); $_[KERNEL]->yield("q") },
  q => sub { print "Q:q\n" },
  _stop => sub { print "Q:_stop\n" },
});
POE::Kernel->run;

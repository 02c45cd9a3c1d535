# R179 R182: pausing a descriptor pauses it for every session
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my ($a, $b) = pair();
sub watcher { POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->select_read($a, "rd") },
  rd => sub { print "ready\n" if ++$_[HEAP]{n} == 1 },
  off => sub { $_[KERNEL]->select_read($a) },
  _stop => sub { print "stopped\n" },
}) }
my @watchers = map { watcher() } 1, 2;
POE::Session->create(inline_states => {
  _start => sub {
    print $_[KERNEL]->select_pause_read($a) ? "paused by a third\n" : "?\n";
    syswrite $b, "x";
    $_[KERNEL]->delay(resume => 0.03);
  },
  resume => sub { print "resume\n"; $_[KERNEL]->select_resume_read($a); $_[KERNEL]->delay(off => 0.03) },
  off => sub { $_[KERNEL]->post($_, "off") for @watchers; @watchers = () },
});
POE::Kernel->run;

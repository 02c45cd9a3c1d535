# R274: another session may put; the flush event is the owner's
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my ($a, $b) = pair();
my $w;
POE::Session->create(inline_states => {
  _start => sub { $w = POE::Wheel::ReadWrite->new(Handle => $a, FlushedEvent => "flushed", InputEvent => "in") },
  flushed => sub { print "owner flushed\n"; syswrite $b, "answer\n" },
  in => sub { print "owner in $_[ARG0]\n"; undef $w },
  _stop => sub { print "owner stopped\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(put => 0.02) },
  put => sub { print "other puts\n"; $w->put("x") },
  flushed => sub { print "other flushed\n" },
  in => sub { print "other in\n" },
  _stop => sub { print "other stopped\n" },
});
POE::Kernel->run;

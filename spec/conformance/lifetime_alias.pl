# R70: a session with only an alias lives as long as another has a reason to
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->alias_set("service"); $_[KERNEL]->sig(IDLE => "idle") },
  serve  => sub { print "A:serve $_[ARG0]\n" },
  idle   => sub { print "A:$_[ARG0]\n" },
  _stop  => sub { print "A:_stop\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(x => 0.02) },
  x      => sub { print "B:x\n"; $_[KERNEL]->post("service", "serve", 1); $_[KERNEL]->delay(y => 0.02) },
  y      => sub { print "B:y\n"; $_[KERNEL]->post("service", "serve", 2) },
  _stop  => sub { print "B:_stop\n" },
});
POE::Kernel->run;
print "run returned\n";

# R208: _stop, _child and _parent can be replaced at run time
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(heap => "P", inline_states => {
  _start => sub {
    POE::Session->create(heap => "C", inline_states => {
      _start  => sub { $_[KERNEL]->yield("change") },
      change  => sub {
        $_[KERNEL]->state(_stop => sub { print "C:_stop(new)\n"; "new value" });
        $_[KERNEL]->state(_parent => sub { print "C:_parent(new)\n" });
        $_[KERNEL]->delay(leave => 0.02);
      },
      leave   => sub { print "C:leave\n" },
      _parent => sub { print "C:_parent(old)\n" },
      _stop   => sub { print "C:_stop(old)\n"; "old value" },
    });
    POE::Session->create(heap => "D", inline_states => {
      _start  => sub { $_[KERNEL]->delay(leave => 0.04) },
      leave   => sub { $_[KERNEL]->state(_parent => sub { print "D:_parent(new)\n" }); $_[KERNEL]->detach_myself },
      _parent => sub { print "D:_parent(old)\n" },
      _stop   => sub { print "D:_stop\n" },
    });
    $_[KERNEL]->state(_child => sub { print "P:_child(new) $_[ARG0] ", $_[ARG1]->get_heap, "\n" });
    $_[KERNEL]->yield("remove");
  },
  remove => sub { $_[KERNEL]->state("_stop") },
  _child => sub { print "P:_child(old) $_[ARG0] ", $_[ARG1]->get_heap, "\n" },
  _stop  => sub { print "P:_stop\n" },
});
POE::Kernel->run;

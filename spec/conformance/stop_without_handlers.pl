# R84: no _stop, _child or _parent is no error, the other side hears all the same
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(heap => "loud parent", inline_states => {
  _start => sub { POE::Session->create(heap => "silent child", inline_states => { _start => sub { "begun" } }) },
  _child => sub { print "parent: $_[ARG0] ", $_[ARG1]->get_heap, " ", (defined $_[ARG2] ? $_[ARG2] : "nil"), "\n" },
  _stop  => sub { print "parent:_stop\n" },
});
POE::Session->create(heap => "silent parent", inline_states => {
  _start => sub {
    POE::Session->create(heap => "loud child", inline_states => {
      _start  => sub { print "child:_start\n"; $_[KERNEL]->delay(leave => 0.02) },
      leave   => sub { print "child:leave\n"; $_[KERNEL]->detach_myself },
      _parent => sub { print "child:_parent ", $_[ARG0]->get_heap, " -> ", ($_[ARG1] == $_[KERNEL] ? "kernel" : "?"), "\n" },
      _stop   => sub { print "child:_stop\n" },
    });
    POE::Session->create(heap => "another", inline_states => { _start => sub { }, _stop => sub { print "another:_stop\n" } });
  },
});
POE::Kernel->run;

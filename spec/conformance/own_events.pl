# R39 R84: posting _start, _parent, _stop only runs the handler
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { print "start\n"; return if $_[HEAP]{n}++; $_[KERNEL]->yield("_start"); $_[KERNEL]->post($_[SESSION], "_parent"); $_[KERNEL]->yield("after") }, _stop => sub { print "stop\n" }, _parent => sub { print "parent\n" }, after => sub { $_[KERNEL]->call($_[SESSION], "_stop"); print "after\n" } });
POE::Session->create(inline_states => { _start => sub { POE::Session->create(inline_states => { _start => sub {} }) } });
POE::Kernel->run;

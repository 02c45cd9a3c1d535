# R223 R228: detach_myself gives the same two events; a yield in _parent is an ordinary event
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
POE::Session->create(heap => "P", inline_states => {
  _start => sub {
    POE::Session->create(heap => "C", inline_states => {
      _start  => sub { $_[KERNEL]->yield("go"); $_[KERNEL]->yield("queued") },
      go      => sub {
        print "C:go\n";
        print "detached: ", ($_[KERNEL]->detach_myself ? "ok" : "refused"), "\n";
        print "again: ", ($_[KERNEL]->detach_myself ? "ok" : $!{EPERM} ? "EPERM" : "?"), "\n";
      },
      queued  => sub { print "C:queued\n" },
      _parent => sub {
        print "C:_parent ", name($_[ARG0]), " -> ", name($_[ARG1]), "\n";
        $_[KERNEL]->yield("after");
        $_[KERNEL]->delay(timer => 0.02);
      },
      after => sub { print "C:after from ", name($_[SENDER]), "\n" },
      timer => sub { print "C:timer\n" },
      _stop => sub { print "C:_stop\n" },
    });
    return;
  },
  _child => sub { print "P:_child $_[ARG0] ", name($_[ARG1]), "\n" },
  _stop  => sub { print "P:_stop\n" },
});
POE::Kernel->run;

# R225 R226: detaching in _child create; afterwards the child reports to nobody
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
POE::Session->create(heap => "P", inline_states => {
  _start => sub {
    POE::Session->create(heap => "C", inline_states => {
      _start  => sub { print "C:_start\n"; $_[KERNEL]->delay(last => 0.02); "ready" },
      _parent => sub { print "C:_parent ", name($_[ARG0]), " -> ", name($_[ARG1]), "\n" },
      last    => sub { print "C:last\n" },
      _stop   => sub { print "C:_stop\n" },
    });
    print "P:_start ends\n";
  },
  _child => sub {
    my ($reason, $child) = @_[ARG0, ARG1];
    print "P:_child $reason ", name($child), " begins\n";
    if ($reason eq "create") {
      print "detached: ", ($_[KERNEL]->detach_child($child) ? "ok" : "refused"), "\n";
    }
    print "P:_child $reason ends\n";
  },
  _stop => sub { print "P:_stop\n" },
});
POE::Kernel->run;

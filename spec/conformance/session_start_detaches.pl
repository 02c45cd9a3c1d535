# R16: detaching in _start: _parent at once, and P hears of neither create nor lose
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
POE::Session->create(heap => "P", inline_states => {
  _start => sub {
    print "P:_start\n";
    POE::Session->create(heap => "C", inline_states => {
      _start  => sub {
        print "C:_start\n";
        my $ok = $_[KERNEL]->detach_myself;
        print "C:detached ", ($ok ? "ok" : "refused"), "\n";
        $_[KERNEL]->yield("more");
      },
      more    => sub { print "C:more\n" },
      _parent => sub { print "C:_parent ", name($_[ARG0]), " -> ", name($_[ARG1]), "\n" },
      _stop   => sub { print "C:_stop\n" },
    });
    print "P:_start ends\n";
    $_[KERNEL]->delay(late => 0.03);
  },
  late   => sub { print "P:late\n" },
  _child => sub { print "P:_child $_[ARG0]\n" },
  _stop  => sub { print "P:_stop\n" },
});
POE::Kernel->run;

# R18: stop() inside _start ends the session before create returns
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my $session = POE::Session->create(heap => "A", inline_states => {
  _start => sub {
    print "A:_start\n";
    $_[KERNEL]->yield("never");
    $_[KERNEL]->stop;
    print "A:_start goes on, active: ", name($_[KERNEL]->get_active_session), "\n";
  },
  never => sub { print "A:never\n" },
  _stop => sub { print "A:_stop from ", name($_[SENDER]), "\n" },
});
print "create returned\n";
POE::Kernel->run;
print "run returned\n";

# R220 R221: a postback called by the program, and one of a stopped session
use strict; use warnings; use POE;
$| = 1;

my ($postback, $id);
my $a = POE::Session->create(inline_states => {
  _start => sub { $postback = $_[SESSION]->postback("e", "made") },
  e      => sub { print "A:e $_[ARG1][0] from ", ($_[SENDER] == $_[KERNEL] ? "kernel" : $_[SENDER]->get_heap), "\n" },
  _stop  => sub { print "A:_stop\n"; $postback->("in _stop") },
});
$id = $a->ID;
POE::Session->create(heap => "B", inline_states => {
  _start => sub { $_[KERNEL]->delay(use => 0.01) },
  use    => sub { $postback->("while it lives"); $_[KERNEL]->delay(kill => 0.01) },
  kill   => sub { $_[KERNEL]->signal($id, "TERM"); $postback->("behind the signal"); $_[KERNEL]->delay(late => 0.01) },
  late   => sub {
    $! = 0;
    $postback->("too late");
    print "B: ", ($!{ESRCH} ? "ESRCH" : "ok"), "\n";
  },
});
$postback->("of the program");
POE::Kernel->run;
$! = 0;
$postback->("after run");
print "after run: ", ($!{ESRCH} ? "ESRCH" : "ok"), "\n";

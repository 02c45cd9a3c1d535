# R36: an endless chain of yields starves no timer, nor another session
use strict; use warnings; use POE;
$| = 1;

my $chain = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("chain") },
  chain  => sub { $_[HEAP]{n}++; $_[KERNEL]->yield("chain") unless $_[HEAP]{done} },
  done   => sub { print "told to end after many: ", ($_[HEAP]{n} > 10 ? "yes" : "no"), "\n"; $_[HEAP]{done} = 1 },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(timer => 0.02); $_[KERNEL]->yield("count", 1) },
  count  => sub { print "count $_[ARG0]\n"; $_[KERNEL]->yield("count", $_[ARG0] + 1) if $_[ARG0] < 3 },
  timer  => sub { print "timer\n"; $_[KERNEL]->post($chain, "done") },
});
$poe_kernel->run;
print "run returned\n";

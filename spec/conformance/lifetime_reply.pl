# R58 R69: a sender lives until its message is handled, and may be answered then
use strict; use warnings; use POE;
$| = 1;

my $y = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(end => 0.05) },
  e      => sub { print "Y:e\n"; print "reply: ", ($_[KERNEL]->post($_[SENDER], "reply", "hello") ? "ok" : "refused"), "\n" },
  silent => sub { print "Y:silent\n" },
  end    => sub { print "Y:end\n" },
  _stop  => sub { print "Y:_stop\n" },
});
my $x = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(x => 0.01) },
  x      => sub { print "X:x\n"; $_[KERNEL]->post($y, "e") },
  reply  => sub { print "X:reply $_[ARG0]\n" },
  _stop  => sub { print "X:_stop\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(x => 0.03) },
  x      => sub { print "Z:x\n"; $_[KERNEL]->post($y, "silent") },
  _stop  => sub { print "Z:_stop\n" },
});
$poe_kernel->run;

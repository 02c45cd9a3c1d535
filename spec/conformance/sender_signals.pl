# R56: signals come from the kernel; only a posted one tells the event that sent it
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my $seen = sub {
  print "$_[STATE] of $_[ARG0]: sender ", name($_[SENDER]), ", caller ", (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "none"),
    ", active ", $_[KERNEL]->get_active_event, "\n";
  $_[KERNEL]->sig_handled;
};
my $b = POE::Session->create(heap => "B", inline_states => {
  _start => sub { $_[KERNEL]->sig(foo => "got"); $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->delay(boom => 0.02) },
  got    => $seen,
  boom   => sub { print "boom\n"; die "bang\n" },
  died   => $seen,
});
POE::Session->create(heap => "A", inline_states => {
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub { print "signal: ", ($_[KERNEL]->signal($b, "foo") ? "ok" : "refused"), "\n" },
});
$poe_kernel->run;

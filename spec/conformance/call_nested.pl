# R49: active session and event switch to the callee and come back
use strict; use warnings; use POE;
$| = 1;

my ($a, $b);
sub where { print "$_[0]: in ", $poe_kernel->get_active_session->get_heap, ", event ", $poe_kernel->get_active_event, "\n" }
$a = POE::Session->create(heap => "A", inline_states => {
  _start => sub { $_[KERNEL]->yield("begin") },
  begin  => sub {
    where("before");
    $_[KERNEL]->call($b, "middle", 3);
    where("after");
    print "A:begin is $_[STATE] from ", $_[SENDER]->get_heap, "\n";
  },
  inner  => sub {
    my $depth = $_[ARG0];
    where("A:inner $depth called from $_[CALLER_STATE] of " . $_[SENDER]->get_heap);
    $_[KERNEL]->call($b, "middle", $depth - 1) if $depth > 0;
    where("A:inner $depth again");
  },
});
$b = POE::Session->create(heap => "B", inline_states => {
  _start => sub { },
  middle => sub {
    my $depth = $_[ARG0];
    where("B:middle $depth called from $_[CALLER_STATE] of " . $_[SENDER]->get_heap);
    $_[KERNEL]->call($a, "inner", $depth - 1) if $depth > 0;
    where("B:middle $depth again");
  },
});
$poe_kernel->run;

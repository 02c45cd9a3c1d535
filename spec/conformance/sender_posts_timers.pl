# R56: who posted, in which event, and what is active: posts, timers, calls
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my %seen = map { my $event = $_; $event => sub {
  print $_[HEAP], ":$_[STATE] sender ", name($_[SENDER]), ", caller ", (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "none"),
    ", active ", name($_[KERNEL]->get_active_session), " ", $_[KERNEL]->get_active_event, "\n";
} } qw(from_main posted called timed id_timed yielded);
my $b = POE::Session->create(heap => "B", inline_states => { %seen,
  _start => sub { $_[KERNEL]->yield("yielded") },
});
my $a = POE::Session->create(heap => "A", inline_states => { %seen,
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub {
    $_[KERNEL]->post($b, "posted");
    $_[KERNEL]->call($b, "called");
    $_[KERNEL]->yield("yielded");
    $_[KERNEL]->delay(timed => 0.01);
    $_[KERNEL]->delay_set(id_timed => 0.02);
  },
});
$poe_kernel->post($b, "from_main");
$poe_kernel->call($b, "from_main");
$poe_kernel->run;

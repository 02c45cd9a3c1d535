# R85: IDLE waits for events, timers and reference counts of whoever
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->alias_set("waits"); $_[KERNEL]->sig(IDLE => "idle"); $_[KERNEL]->sig(ZOMBIE => "zombie") },
  idle   => sub { print "idle\n"; $_[KERNEL]->sig_handled },
  zombie => sub { print "zombie\n" },
  _stop  => sub { print "waits stops\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("events", 3) },
  events => sub { print "event $_[ARG0]\n"; $_[ARG0] > 1 ? $_[KERNEL]->yield("events", $_[ARG0] - 1) : $_[KERNEL]->delay(timer => 0.02) },
  timer  => sub { print "timer\n"; $_[KERNEL]->refcount_increment($_[SESSION]->ID, "held");
                  my ($k, $id) = ($_[KERNEL], $_[SESSION]->ID);
                  POE::Session->create(inline_states => { _start => sub { $k->delay(let => 0.02) },
                    let => sub { print "let go\n"; $k->refcount_decrement($id, "held") }, _stop => sub { print "other stops\n" } }) },
  _stop  => sub { print "worker stops\n" },
});
POE::Kernel->run; print "done\n";

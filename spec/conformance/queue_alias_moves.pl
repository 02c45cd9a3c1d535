# R23: an alias is resolved when posting, also for timers and calls between
use strict; use warnings; use POE;
$| = 1;

my ($a, $b);
my %states = (
  take => sub { print $_[HEAP], " takes it\n"; $_[KERNEL]->alias_set("x") },
  give => sub { print $_[HEAP], " gives it up\n"; $_[KERNEL]->alias_remove("x") },
  e    => sub { print $_[HEAP], ":e $_[ARG0]\n" },
);
$a = POE::Session->create(heap => "A", inline_states => { %states, _start => sub { $_[KERNEL]->yield("go") },
  go => sub {
    $_[KERNEL]->call($a, "take");
    $_[KERNEL]->post("x", "e", 1);
    $_[KERNEL]->call($a, "give");
    $_[KERNEL]->call($b, "take");
    $_[KERNEL]->post("x", "e", 2);
    $_[KERNEL]->call("x", "e", 3);
    $_[KERNEL]->call($b, "give");
    print "now it is ", ($_[KERNEL]->post("x", "e", 4) ? "somebody's" : "nobody's"), "\n";
    $_[KERNEL]->call($a, "take");
  } });
$b = POE::Session->create(heap => "B", inline_states => { %states, _start => sub { } });
$poe_kernel->run;

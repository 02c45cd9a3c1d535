# R22: an alias that looks like an ID cannot shadow the session of that ID
use strict; use warnings; use POE;
$| = 1;

my $a = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->alias_set("first") },
  e      => sub { print "A:e by $_[ARG0]\n" },
});
POE::Session->create(inline_states => {
  _start => sub {
    my $id = $a->ID;
    print "the alias is accepted: ", ($_[KERNEL]->alias_set("$id") == 0 ? "yes" : "no"), "\n";
    $_[KERNEL]->post($id, "e", "id");
    $_[KERNEL]->post("first", "e", "alias");
    print "its list has it: ", (join(" ", $_[KERNEL]->alias_list) eq $id ? "yes" : "no"), "\n";
  },
  e => sub { print "B:e by $_[ARG0]\n" },
});
$poe_kernel->run;

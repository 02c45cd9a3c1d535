# R9 R242: the marker of a fresh session counts as an event
use strict; use warnings; use POE;
$| = 1;

print "before: ", $poe_kernel->get_event_count, "\n";
POE::Session->create(inline_states => {
  _start => sub {
    print "in _start: ", $_[KERNEL]->get_event_count, "\n";
    $_[KERNEL]->yield("x");
    print "after a yield: ", $_[KERNEL]->get_event_count, "\n";
  },
  x => sub { print "in x: ", $_[KERNEL]->get_event_count, "\n" },
});
print "created: ", $poe_kernel->get_event_count, "\n";
POE::Kernel->run;

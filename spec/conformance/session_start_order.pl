# R1 R3: _start runs inside create, _child create right behind it
use strict; use warnings; use POE;
$| = 1;

sub pair {
  POE::Session->create(inline_states => {
    _start => sub {
      print "P:_start begins, active event ", $_[KERNEL]->get_active_event, "\n";
      POE::Session->create(inline_states => {
        _start => sub { print "C:_start with ", $_[KERNEL]->get_event_count, " queued\n"; "ready" },
        _stop  => sub { print "C:_stop\n"; return },
      });
      print "create returned to P\n";
      print "P:_start ends\n";
    },
    _child => sub {
      print "P:_child $_[ARG0], active event ", $_[KERNEL]->get_active_event, ", active is P: ",
        ($_[KERNEL]->get_active_session == $_[SESSION] ? "yes" : "no"),
        ", sent by the kernel: ", ($_[SENDER] == $_[KERNEL] ? "yes" : "no"),
        ", result ", (defined $_[ARG2] ? $_[ARG2] : "none"), "\n";
    },
    _stop => sub { print "P:_stop\n" },
  });
  print "create returned to the program\n";
}
pair();
POE::Kernel->run;
print "run returned\n";

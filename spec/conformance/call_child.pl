# R55: the parent can call the child from _child create and from _child lose
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(heap => "P", inline_states => {
  _start => sub {
    POE::Session->create(heap => "C", inline_states => {
      _start => sub { print "C:_start\n"; $_[KERNEL]->delay(work => 0.02); "ready" },
      work   => sub { print "C:work\n" },
      ask    => sub { print "C:ask $_[ARG0] from ", $_[SENDER]->get_heap, " in $_[CALLER_STATE]\n"; "answer $_[ARG0]" },
      posted => sub { print "C:posted $_[ARG0]\n" },
      _stop  => sub { print "C:_stop\n"; "last words" },
    });
  },
  _child => sub {
    my ($reason, $child, $value) = @_[ARG0 .. ARG2];
    print "P:_child $reason, value $value\n";
    my $answer = $_[KERNEL]->call($child, "ask", $reason);
    print "P got $answer\n";
    print "by id: ", scalar $_[KERNEL]->call($child->ID, "ask", "id"), "\n";
    print "post: ", ($_[KERNEL]->post($child, "posted", $reason) ? "ok" : "refused"), "\n";
  },
  _stop => sub { print "P:_stop\n" },
});
$poe_kernel->run;

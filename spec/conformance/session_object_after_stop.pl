# R13 R41: a session object that is kept tells its ID and heap after the end
use strict; use warnings; use POE;
$| = 1;

my $heap = { word => "kept" };
my ($a, $id, $b);
$a = POE::Session->create(heap => $heap, inline_states => {
  _start => sub { $id = $_[SESSION]->ID; $_[KERNEL]->yield("x") },
  x      => sub { print "A:x\n" },
  _stop  => sub { print "A:_stop, heap word ", $_[SESSION]->get_heap->{word}, "\n" },
});
$b = POE::Session->create(heap => "B's heap", inline_states => {
  _start => sub { $_[KERNEL]->delay(look => 0.02) },
  look   => sub {
    my $b = $_[SESSION];
    print "stopped: ", (defined $_[KERNEL]->ID_id_to_session($id) ? "no" : "yes"), "\n";
    print "A's ID: ", ($a->ID == $id ? "the same" : "another"), "\n";
    print "A's heap: ", ($a->get_heap == $heap ? "the same" : "another"), "\n";
    $_[KERNEL]->stop;
    print "B's heap: ", $b->get_heap, "\n";
  },
});
POE::Kernel->run;
print "B's heap: ", $b->get_heap, "\n";
print "in it: ", $a->get_heap->{word}, "\n";

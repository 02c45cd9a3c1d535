# R9: a session with nothing to do lives until the end of its first slice
use strict; use warnings; use POE;
$| = 1;

my @ids;
for my $name (qw(A B)) {
  my $session = POE::Session->create(inline_states => {
    _start => sub { print "$name:_start\n" },
    late   => sub { print "$name:late, posted before run\n" },
  });
  push @ids, $session->ID;
}
print "A resolves before run: ", (defined $poe_kernel->ID_id_to_session($ids[0]) ? "yes" : "no"), "\n";
print "post to B: ", ($poe_kernel->post($ids[1], "late") ? "ok" : "ESRCH"), "\n";
POE::Kernel->run_one_timeslice;
print "A resolves after a slice: ", (defined $poe_kernel->ID_id_to_session($ids[0]) ? "yes" : "no"), "\n";
print "post to A: ", ($poe_kernel->post($ids[0], "late") ? "ok" : $!{ESRCH} ? "ESRCH" : "?"), "\n";
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("make") },
  make   => sub {
    my $child = POE::Session->create(inline_states => { _start => sub { }, _stop => sub { print "child:_stop\n" } });
    print "made: ", (defined $_[KERNEL]->ID_id_to_session($child->ID) ? "lives" : "gone"), "\n";
    $_[KERNEL]->yield("after");
  },
  after => sub { print "after\n" },
  _child => sub { print "_child $_[ARG0]\n" },
});
POE::Kernel->run;

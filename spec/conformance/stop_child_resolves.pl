# R81: in _child lose the child still resolves, but what is posted to it is lost
use strict; use warnings; use POE;
$| = 1;

my $child;
POE::Session->create(inline_states => {
  _start => sub {
    $child = POE::Session->create(heap => "the child's heap", inline_states => {
      _start => sub { $_[KERNEL]->alias_set("kid"); $_[KERNEL]->delay(x => 0.01) },
      x      => sub { $_[KERNEL]->alias_remove("kid") },
      e      => sub { print "never here\n" },
      _stop  => sub { print "C:_stop\n"; return },
    });
    $_[KERNEL]->delay(later => 0.04);
  },
  _child => sub {
    my ($reason, $session) = @_[ARG0, ARG1];
    return if $reason ne "lose";
    print "the same object: ", ($session == $child ? "yes" : "no"), "\n";
    print "resolves by id: ", (defined $_[KERNEL]->ID_id_to_session($session->ID) ? "yes" : "no"), "\n";
    print "its id by object: ", ($_[KERNEL]->ID_session_to_id($session) == $session->ID ? "yes" : "no"), "\n";
    print "its heap: ", $session->get_heap, "\n";
    print "post: ", ($_[KERNEL]->post($session, "e") ? "ok" : "refused"), "\n";
    print "post by id: ", ($_[KERNEL]->post($session->ID, "e") ? "ok" : "refused"), "\n";
    $_[KERNEL]->yield("after");
  },
  after => sub {
    print "after: ", (defined $_[KERNEL]->ID_id_to_session($child->ID) ? "resolves" : "gone"), "\n";
    print "post: ", ($_[KERNEL]->post($child, "e") ? "ok" : $!{ESRCH} ? "ESRCH" : "?"), "\n";
  },
  later => sub { print "later\n" },
});
POE::Kernel->run;

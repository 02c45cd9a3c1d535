# R197: from ID to session and back
use strict; use warnings; use POE;
$| = 1;

sub code { defined $_[0] ? $_[1] : $!{ESRCH} ? "ESRCH" : "?" }
my $kernel = $poe_kernel;
my $short = POE::Session->create(inline_states => { _start => sub { } });
POE::Session->create(inline_states => {
  _start => sub {
    my $id = $_[SESSION]->ID;
    print "own id to session: ", ($kernel->ID_id_to_session($id) == $_[SESSION] ? "itself" : "another"), "\n";
    print "session to own id: ", ($kernel->ID_session_to_id($_[SESSION]) == $id ? "the same" : "another"), "\n";
    print "kernel's id: ", ($kernel->ID_id_to_session($kernel->ID) == $kernel ? "kernel" : "another"), "\n";
    print "kernel: ", ($kernel->ID_session_to_id($kernel) eq $kernel->ID ? "the same" : "another"), "\n";
    print "short: ", code($kernel->ID_id_to_session($short->ID), "found"), "\n";
    $_[KERNEL]->delay(later => 0.02);
  },
  later => sub {
    print "stopped, by id: ", code(scalar $kernel->ID_id_to_session($short->ID), "found"), "\n";
    print "stopped, by object: ", code(scalar $kernel->ID_session_to_id($short), "found"), "\n";
    print "never given: ", code(scalar $kernel->ID_id_to_session(99999), "found"), "\n";
  },
});
$kernel->run;

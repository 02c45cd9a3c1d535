# R42 R54 R227 R240: the program itself, outside any session
use strict; use warnings; use POE;
$| = 1;

sub result { $_[0] ? "ok" : $!{EPERM} ? "EPERM" : $!{ESRCH} ? "ESRCH" : "?" }
my $kernel = $poe_kernel;
print "active session is the kernel: ", ($kernel->get_active_session == $kernel ? "yes" : "no"), "\n";
print "active event: ", (defined $kernel->get_active_event ? "some" : "none"), "\n";
my $a = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(end => 0.02) },
  ask    => sub {
    print "A:ask sent by the kernel: ", ($_[SENDER] == $_[KERNEL] ? "yes" : "no"),
      ", in ", (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "nothing"), "\n";
    return "answer";
  },
  end => sub { print "A:end\n" },
});
print "call: ", scalar($kernel->call($a, "ask")), "\n";
$kernel->yield("lost");
$kernel->post($a, "ask");
my $code = $! = $kernel->state(x => sub { });
print "state: ", result(!$code), "\n";
print "detach_child: ", result($kernel->detach_child($a)), "\n";
print "detach_child of nobody: ", result($kernel->detach_child("nobody")), "\n";
$kernel->run;
print "active session is the kernel: ", ($kernel->get_active_session == $kernel ? "yes" : "no"), "\n";

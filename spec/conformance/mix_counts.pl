# R9 R241 R242 R240: how much is queued, everywhere
use strict; use warnings; use POE;
$| = 1;

sub count { my $t = $poe_kernel->get_next_event_time; print "$_[0]: ", $poe_kernel->get_event_count, " ", (defined $t ? "some" : "none"), "\n" }
count("program");
my $s = POE::Session->create(inline_states => {
  _start => sub { my $k = $_[KERNEL]; count("_start"); $k->yield("x"); count("yield"); $k->delay(t => 0.02); count("delay"); $k->sig(foo => "sig"); $k->signal($_[SESSION], "foo"); count("signal");
    $k->delay("t"); count("delay cleared"); $k->delay_set("t", 0.02); $k->alarm_set("t", 5); count("past alarm") },
  x   => sub { count("x"); $_[KERNEL]->call($_[SESSION], "c"); $_[KERNEL]->alarm_remove_all; count("cleared"); POE::Session->create(inline_states => { _start => sub { count("child _start") }, _stop => sub { count("child _stop") } }); count("child made"); $_[KERNEL]->post($_[SESSION], "y"); $_[KERNEL]->post("nobody", "y"); count("posted") },
  c   => sub { count("call") },
  t   => sub { count("t") },
  y   => sub { count("y"); $_[KERNEL]->signal($_[SESSION], "TERM"); $_[KERNEL]->yield("z"); count("TERM") },
  z   => sub { count("z?") },
  sig => sub { count("sig") },
  _child => sub { count("_child $_[ARG0]") },
  _stop => sub { count("_stop"); $_[KERNEL]->yield("never"); $_[KERNEL]->delay(never => 1); },
});
count("made");
$poe_kernel->post($s, "y"); count("posted by the program");
POE::Kernel->run;
count("after run");

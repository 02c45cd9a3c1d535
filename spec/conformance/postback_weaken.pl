# R219: a weakened postback keeps nobody, still works, and fails once the session has gone
use strict; use warnings; use POE;
$| = 1;

my $postback;
sub result { $! = 0; $postback->($_[0]); print "$_[0]: ", ($!{ESRCH} ? "ESRCH" : "ok"), "\n" }
POE::Session->create(inline_states => {
  _start => sub {
    my $made = $_[SESSION]->postback("back", "made");
    $postback = $made->weaken;
    print $made == $postback ? "the same\n" : "another\n";
    $_[KERNEL]->delay(x => 0.05);
  },
  back  => sub { print "back $_[ARG0][0] $_[ARG1][0]\n" },
  x     => sub { print "x\n" },
  _stop => sub { print "_stop\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(early => 0.02); $_[KERNEL]->delay(late => 0.1) },
  early  => sub { result("early") },
  late   => sub { result("late") },
});
POE::Kernel->run;

# R76: what _stop posts, sets and names is accepted and lost
use strict; use warnings; use POE;
$| = 1;

sub result { print "$_[0]: ", ($_[1] ? "ok" : "refused"), "\n" }
my $other = POE::Session->create(inline_states => {
  _start  => sub { $_[KERNEL]->delay(check => 0.04) },
  told    => sub { print "other:told\n" },
  check   => sub { print "last words resolves: ", (defined $_[KERNEL]->alias_resolve("last words") ? "yes" : "no"), "\n" },
});
POE::Session->create(inline_states => {
  _start => sub { },
  e      => sub { print "never here\n" },
  _stop  => sub {
    my $kernel = $_[KERNEL];
    print "_stop\n";
    $kernel->yield("e");
    result("post to oneself", $kernel->post($_[SESSION], "e"));
    result("post to another", $kernel->post($other, "told"));
    result("delay", $kernel->delay(e => 0.01) == 0);
    result("delay_set", $kernel->delay_set(e => 0.01));
    result("alarm", $kernel->alarm(e => 1) == 0);
    result("alias_set", $kernel->alias_set("last words") == 0);
    result("alias resolves now", defined $kernel->alias_resolve("last words"));
    print "_stop ends\n";
  },
});
POE::Kernel->run;

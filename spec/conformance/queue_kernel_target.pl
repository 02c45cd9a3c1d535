# R21 R27: the kernel can be named; posting to it has no effect
use strict; use warnings; use POE;
$| = 1;

sub result { $_[0] ? "ok" : $!{ESRCH} ? "ESRCH" : "?" }
my $a = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->alias_set("a") },
  e      => sub { print "A:e by $_[ARG0]\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub {
    my $kernel = $_[KERNEL];
    print "object ", result($kernel->post($a, "e", "object")), "\n";
    print "id ", result($kernel->post($a->ID, "e", "id")), "\n";
    print "alias ", result($kernel->post("a", "e", "alias")), "\n";
    print "kernel ", result($kernel->post($kernel, "e", "kernel")), "\n";
    print "kernel id ", result($kernel->post($kernel->ID, "e", "kernel id")), "\n";
    print "self ", result($kernel->post($_[SESSION], "e", "self")), "\n";
  },
  e => sub { print "B:e by $_[ARG0]\n" },
  _default => sub { print "B:_default $_[ARG0]\n" if $_[ARG0] !~ /^_/ },
});
$poe_kernel->run;

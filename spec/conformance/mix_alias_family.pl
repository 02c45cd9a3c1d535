# R70 R86 R91 R195 R58: aliases that move in _stop and _child lose, and alias-only families in IDLE
use strict; use warnings; use POE;
$| = 1;

sub has { my $r = $poe_kernel->alias_resolve($_[0]); $r ? $r->get_heap : "nobody" }
sub session { my ($n, $alias, $start) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { $_[KERNEL]->alias_set($alias); $_[KERNEL]->sig(IDLE => "idle"); $start->() if $start },
    _child => sub { my $k = $_[KERNEL]; return if $_[ARG0] eq "create"; my $c = $_[ARG1]->get_heap;
      print "$n lose $c, ", lc $c, " is ", has(lc $c), ", set: ", ($k->alias_set(lc $c) ? "no" : "yes"), "\n"; $k->yield("check", lc $c) },
    check  => sub { print "$n check $_[ARG0] is ", has($_[ARG0]), ", set: ", ($_[KERNEL]->alias_set($_[ARG0]) ? "no" : "yes"), "\n"; $_[KERNEL]->post($_[ARG0], "hello", $n) },
    hello  => sub { print "$n hello from $_[ARG0]\n" },
    give   => sub { print "$n gives $_[ARG0]\n"; $_[KERNEL]->alias_remove($_[ARG0]) },
    take   => sub { print "$n takes $_[ARG0]: ", ($_[KERNEL]->alias_set($_[ARG0]) ? "no" : "yes"), "\n" },
    idle   => sub { print "$n idle\n"; our $once; if ($n eq "C" && !$once++) { $_[KERNEL]->sig_handled; $_[KERNEL]->yield("work") } },
    work   => sub { print "$n work\n"; $_[KERNEL]->alias_remove($alias) },
    _stop  => sub { print "$n stop, $alias is ", has($alias), "\n"; $_[KERNEL]->call("p", "take", $alias) if $n eq "C" },
  });
}
session("P", "p", sub { session("C", "c", sub { session("G", "g") }) });
POE::Kernel->run;
print "p is ", has("p"), ", c is ", has("c"), "\n";
session("A", "x"); session("B", "y");
POE::Session->create(heap => "D", inline_states => {
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub { my $k = $_[KERNEL]; $k->post("x", "hello", "D"); $k->post("x", "give", "x"); $k->post("y", "take", "x"); $k->yield("then") },
  then   => sub { my $k = $_[KERNEL]; print "x is ", has("x"), "\n"; $k->post("x", "hello", "D"); $k->post("y", "give", "y"); $k->post("y", "give", "x") },
});
POE::Kernel->run;

# R193 R194: what alias_resolve accepts; aliases of the kernel
use strict; use warnings; use POE;
$| = 1;

sub name { !defined $_[0] ? "none" : $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my $a = POE::Session->create(heap => "A", inline_states => { _start => sub { $_[KERNEL]->alias_set("a") } });
POE::Session->create(heap => "B", inline_states => {
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub {
    my $kernel = $_[KERNEL];
    print "alias: ", name($kernel->alias_resolve("a")), "\n";
    print "id: ", name($kernel->alias_resolve($a->ID)), "\n";
    print "object: ", name($kernel->alias_resolve($a)), "\n";
    print "own object: ", name($kernel->alias_resolve($_[SESSION])), "\n";
    print "kernel: ", name($kernel->alias_resolve($kernel)), "\n";
    print "kernel id: ", name($kernel->alias_resolve($kernel->ID)), "\n";
    print "unknown alias: ", name($kernel->alias_resolve("nobody")), "\n";
    print "unknown id: ", name($kernel->alias_resolve(99999)), "\n";
    print "the program's: ", name($kernel->alias_resolve("program")), "\n";
  },
});
print "set by the program: ", ($poe_kernel->alias_set("program") == 0 ? "ok" : "refused"), "\n";
print "resolves to: ", name($poe_kernel->alias_resolve("program")), "\n";
print "list: ", join(" ", $poe_kernel->alias_list), "\n";
POE::Kernel->run;
print "after run: ", name($poe_kernel->alias_resolve("program")), "\n";

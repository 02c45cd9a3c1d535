# R192: alias_list is sorted
use strict; use warnings; use POE;
$| = 1;

sub show { @_ ? join(" ", @_) : "none" }
my $a = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->alias_set($_) for qw(pear apple fig Banana) },
  drop   => sub { $_[KERNEL]->alias_remove("fig") },
});
my $b = POE::Session->create(inline_states => {
  _start => sub {
    my $kernel = $_[KERNEL];
    print "of A: ", show($kernel->alias_list($a)), "\n";
    print "by id: ", show($kernel->alias_list($a->ID)), "\n";
    print "by alias: ", show($kernel->alias_list("pear")), "\n";
    print "of B: ", show($kernel->alias_list), "\n";
    $kernel->alias_set("mine");
    print "of B: ", show($kernel->alias_list), "\n";
    $kernel->call($a, "drop");
    print "of A: ", show($kernel->alias_list($a)), "\n";
    my @list = $kernel->alias_list("nobody");
    print "of nobody: ", ($!{ESRCH} && !@list ? "ESRCH" : "?"), "\n";
  },
});
POE::Kernel->run;

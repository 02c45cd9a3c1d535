# R200: the session must be given by ID
use strict; use warnings; use POE;
$| = 1;

sub code { defined $_[1] ? print "$_[0]: $_[1]\n" : print "$_[0]: ", ($!{ESRCH} ? "ESRCH" : "?"), "\n" }
POE::Session->create(inline_states => {
  _start => sub {
    my $kernel = $_[KERNEL];
    $kernel->alias_set("me");
    code("by id", scalar $kernel->refcount_increment($_[SESSION]->ID, "tag"));
    code("by alias", scalar $kernel->refcount_increment("me", "tag"));
    code("by object", scalar $kernel->refcount_increment($_[SESSION], "tag"));
    code("unknown id", scalar $kernel->refcount_increment(99999, "tag"));
    code("decrement by alias", scalar $kernel->refcount_decrement("me", "tag"));
    code("decrement unknown", scalar $kernel->refcount_decrement(99999, "tag"));
    code("by id", scalar $kernel->refcount_decrement($_[SESSION]->ID, "tag"));
  },
});
POE::Kernel->run;

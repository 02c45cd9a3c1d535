# R190 R191: setting and removing aliases
use strict; use warnings; use POE;
$| = 1;

sub code { my $n = shift; $! = $n; $n == 0 ? "ok" : $!{EEXIST} ? "EEXIST" : $!{ESRCH} ? "ESRCH" : $!{EPERM} ? "EPERM" : "?" }
POE::Session->create(inline_states => {
  _start => sub {
    print "A sets: ", code($_[KERNEL]->alias_set("name")), "\n";
    print "A sets it again: ", code($_[KERNEL]->alias_set("name")), "\n";
    print "A sets another: ", code($_[KERNEL]->alias_set("other name")), "\n";
  },
  give => sub { print "A removes: ", code($_[KERNEL]->alias_remove("name")), "\n" },
});
POE::Session->create(inline_states => {
  _start => sub {
    print "B sets: ", code($_[KERNEL]->alias_set("name")), "\n";
    print "B removes: ", code($_[KERNEL]->alias_remove("name")), "\n";
    print "B removes an unknown one: ", code($_[KERNEL]->alias_remove("nobody's")), "\n";
    $_[KERNEL]->call("name", "give");
    print "B removes what is gone: ", code($_[KERNEL]->alias_remove("name")), "\n";
    print "B sets: ", code($_[KERNEL]->alias_set("name")), "\n";
    print "it is B's: ", ($_[KERNEL]->alias_resolve("name") == $_[SESSION] ? "yes" : "no"), "\n";
    print "B sets with spaces and signs: ", code($_[KERNEL]->alias_set("a b/c?")), "\n";
    print "B removes that: ", code($_[KERNEL]->alias_remove("a b/c?")), "\n";
  },
});
POE::Kernel->run;

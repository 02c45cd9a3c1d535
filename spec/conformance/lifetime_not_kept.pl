# R60: what keeps no session: signal watchers, references to it, its heap, options
use strict; use warnings; use POE;
$| = 1;

my @kept;
sub session {
  my ($name, $start) = @_;
  POE::Session->create(inline_states => { _start => $start, x => sub { }, _stop => sub { print "$name:_stop\n" } });
}
POE::Session->create(inline_states => {
  _start  => sub { $_[KERNEL]->delay(first => 0.01) },
  first   => sub { session("signal watcher", sub { $_[KERNEL]->sig(USR1 => "x"); $_[KERNEL]->sig(foo => "x") }); $_[KERNEL]->delay(second => 0.01) },
  second  => sub { push @kept, session("referenced", sub { push @kept, $_[SESSION] }); $_[KERNEL]->delay(third => 0.01) },
  third   => sub { session("in its own heap", sub { $_[HEAP]{me} = $_[SESSION] }); $_[KERNEL]->delay(fourth => 0.01) },
  fourth  => sub { session("removed alias", sub { $_[KERNEL]->alias_set("a"); $_[KERNEL]->alias_remove("a") }); $_[KERNEL]->delay(fifth => 0.01) },
  fifth   => sub { session("cleared timer", sub { $_[KERNEL]->delay(x => 5); $_[KERNEL]->delay("x") }); $_[KERNEL]->delay(last => 0.01) },
  last    => sub { print "last\n" },
});
POE::Kernel->run;
print "run returned\n";

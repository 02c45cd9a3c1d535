# R235: stop() reaches unrelated sessions; each hears _stop once
use strict; use warnings; use POE;
$| = 1;

my %stopped;
sub session {
  my ($name, %states) = @_;
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->delay(never => 5) },
    never  => sub { print "$name:never\n" },
    _stop  => sub { $stopped{$name}++ },
    %states,
  });
}
session("A", _start => sub { $_[KERNEL]->alias_set("A") });
session("B", _start => sub { session("B1"); session("B2") });
session("C", _start => sub { $_[KERNEL]->yield("x"); session("C1") },
  x => sub {
    $_[KERNEL]->post("A", "never");
    $_[KERNEL]->stop;
    print "after stop: ", join(" ", map { "$_=$stopped{$_}" } sort keys %stopped), "\n";
  });
session("D", _start => sub { $_[KERNEL]->refcount_increment($_[SESSION]->ID, "tag") });
POE::Kernel->run;
print "after run: ", join(" ", map { "$_=$stopped{$_}" } sort keys %stopped), "\n";

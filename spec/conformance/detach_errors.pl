# R224: only a child of one's own can be detached
use strict; use warnings; use POE;
$| = 1;

sub result { print "$_[0]: ", ($_[1] ? "ok" : $!{EPERM} ? "EPERM" : $!{ESRCH} ? "ESRCH" : "?"), "\n" }
my $stranger = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(x => 0.02) }, x => sub { } });
my $grandchild;
sub child {
  my ($alias, $more) = @_;
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->alias_set($alias); $grandchild = child($more) if $more; $_[KERNEL]->delay(x => 0.02) },
    x      => sub { print "$alias lives\n" },
  });
}
POE::Session->create(inline_states => {
  _start => sub {
    my ($kernel, $self) = @_[KERNEL, SESSION];
    my ($c1, $c2, $c3) = (child("c1", "g"), child("c2"), child("c3"));
    result("itself", $kernel->detach_child($self));
    result("a grandchild", $kernel->detach_child($grandchild));
    result("a stranger", $kernel->detach_child($stranger));
    result("unknown alias", scalar $kernel->detach_child("nobody"));
    result("unknown id", scalar $kernel->detach_child(99999));
    result("by object", $kernel->detach_child($c1));
    result("by id", $kernel->detach_child($c2->ID));
    result("by alias", $kernel->detach_child("c3"));
    result("already detached", $kernel->detach_child($c1));
  },
});
result("by the program", $poe_kernel->detach_child($stranger));
result("unknown, by the program", scalar $poe_kernel->detach_child("nobody"));
POE::Kernel->run;

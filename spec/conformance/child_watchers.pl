# R143 R144 R145 R146: who watches a process, in what order they hear, and what keeps them
use strict; use warnings; use POE;
$| = 1;

my @pipes;
sub child { open(my $pipe, "-|", "echo \$\$; $_[0]") or die; push @pipes, $pipe; 0 + <$pipe> }
my $pid = child("sleep 0.1; exit 5");
my $heard = 0;
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->sig(CHLD => "any"); $_[KERNEL]->delay(end => 0.3) },
  any    => sub { print "any after $heard\n" },
  end    => sub { $_[KERNEL]->sig("CHLD") },
  _stop  => sub { print "any stops\n" },
});
for my $name ("a", "b") {
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->sig_child($pid, "wrong", "first"); $_[KERNEL]->sig_child($pid, "gone", "second") },
    wrong  => sub { print "wrong @_[ARG0..$#_]\n" },
    gone   => sub { $heard++; print "gone ", $_[ARG2] >> 8, " $_[ARG3]\n"; $_[KERNEL]->sig_child($pid) },
  });
}
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->sig(CHLD => "any") },
  any    => sub { print "too late\n" },
  _stop  => sub { print "a CHLD watcher is not kept\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->sig_child($pid, "gone"); $_[KERNEL]->yield("away") },
  away   => sub { $_[KERNEL]->sig_child($pid); print "away\n" },
  gone   => sub { print "unwatched\n" },
  _stop  => sub { print "away stops\n" },
});
POE::Kernel->run;

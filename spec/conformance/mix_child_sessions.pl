# R94 R143 R145 R152 R222: who watches a process dies, is stopped, fails or is detached meanwhile
use strict; use warnings; use POE;
$| = 1;

my @pipes;
sub child { open(my $pipe, "-|", "echo \$\$; $_[0]") or die; push @pipes, $pipe; 0 + <$pipe> }
sub session { my ($n, $command, %more) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { my $pid = child($command); $_[KERNEL]->alias_set($n) if $more{alias}; $_[KERNEL]->sig_child($pid, "gone", $n); $_[KERNEL]->sig(DIE => "died"); $_[HEAP] = $n; $more{start}->($_[KERNEL], $pid) if $more{start} },
    gone   => sub { print "$n gone ", $_[ARG2] >> 8, " $_[ARG3]\n"; $more{gone}->($_[KERNEL]) if $more{gone} },
    died   => sub { my $t = $_[ARG1]{error_str}; $t =~ s/\n.*//s; print "$n DIE in $_[ARG1]{event}: $t\n"; $_[KERNEL]->sig_handled },
    away   => sub { print "$n away\n"; $_[KERNEL]->sig_child($_[ARG0]) },
    off    => sub { print "$n off\n"; $_[KERNEL]->detach_myself },
    next   => sub { print "$n next\n" },
    _parent => sub { print "$n parent ", ($_[ARG1] == $_[KERNEL] ? "kernel" : "?"), "\n" },
    _stop  => sub { print "$n stop\n" },
  });
}
session("fails", "sleep 0.2; exit 2", gone => sub { $_[0]->yield("next"); die "in gone\n" });
session("stopped", "sleep 1", alias => 1);
session("again", "sleep 0.4; exit 3", gone => sub { my $pid = child("sleep 0.2; exit 4"); $_[0]->sig_child($pid, "gone", "again") if !our $n++ });
session("leaves", "sleep 1.2", start => sub { $_[0]->delay(away => 0.8, $_[1]) });
POE::Session->create(inline_states => {
  _start => sub { session("kid", "sleep 0.9; exit 6", start => sub { $_[0]->delay(off => 0.02) }); $_[KERNEL]->delay(kill => 0.02) },
  kill   => sub { $_[KERNEL]->signal("stopped", "TERM") },
  _child => sub { print "P $_[ARG0] $_[ARG0]\n" },
  _stop  => sub { print "P stop\n" },
});
POE::Kernel->run;

# R142 R147 R148 R151: what a child's end tells: exit code or signal, and one's own arguments
use strict; use warnings; use POE;
$| = 1;

my @pipes;
sub child { open(my $pipe, "-|", "echo \$\$; $_[0]") or die; push @pipes, $pipe; 0 + <$pipe> }
sub told { my ($signal, $pid, $status, @own) = @_[ARG0 .. $#_];
  print "$_[STATE] $signal ", ($pid == $_[HEAP] ? "it" : "?"), " exit ", $status >> 8, " signal ", $status & 127, " @own\n" }
for my $command ("exit 3", "exit 0", "sleep 0.05; exit 255", "kill -TERM \$\$", "exec kill -KILL \$\$") {
  my $pid = child($command);
  POE::Session->create(heap => $pid, inline_states => {
    _start => sub { $_[KERNEL]->sig_child($pid, "gone", "own", 1) },
    gone   => \&told,
  });
  POE::Kernel->run;
}
my $late = child("exit 4"); readline $pipes[-1]; select undef, undef, undef, 0.1;
POE::Session->create(heap => $late, inline_states => {
  _start => sub { $_[KERNEL]->sig(CHLD => "any", "all"); $_[KERNEL]->sig_child($late, "gone", "late"); $_[KERNEL]->delay(end => 0.2) },
  gone   => \&told,
  any    => \&told,
  end    => sub { $_[KERNEL]->sig("CHLD") },
});
POE::Kernel->run;

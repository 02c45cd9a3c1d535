# R85 R87 R88 R91 R95 R149: IDLE through a tree: who handles, who is born in it, ZOMBIE at the end
use strict; use warnings; use POE;
$| = 1;

my $born;
sub session { my ($n, $idle, $start) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { $_[KERNEL]->alias_set($n); $_[KERNEL]->sig(IDLE => "idle"); $_[KERNEL]->sig(ZOMBIE => "zombie"); $start->() if $start },
    idle   => sub { print "$n idle\n"; $idle->($_[KERNEL], ++our $count) if $idle },
    work   => sub { print "$n work\n" },
    zombie => sub { print "$n zombie\n"; $_[KERNEL]->yield("work"); $_[KERNEL]->sig_handled },
    _child => sub { print "$n $_[ARG0] ", $_[ARG1]->get_heap, "\n" },
    _stop  => sub { print "$n stop\n" },
  });
}
our $count = 0;
session("P", undef, sub { session("C", undef, sub { session("G", sub { my ($k, $n) = @_;
  if ($n == 1) { $k->sig_handled; session("N") unless $born++; }
  elsif ($n == 2) { $k->sig_handled; $k->delay(work => 0.02) }
  elsif ($n == 3) { $k->sig_handled; my ($pid) = do { open(our $pipe, "-|", "echo \$\$; sleep 0.05") or die; 0 + <$pipe> }; $k->sig_child($pid, "work") }
  elsif ($n == 4) { $k->sig_handled; $k->refcount_increment($k->get_active_session->ID, "x"); $k->refcount_decrement($k->get_active_session->ID, "x") }
}) }) });
POE::Kernel->run;
print "done\n";

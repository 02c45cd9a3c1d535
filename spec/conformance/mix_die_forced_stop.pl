# R121 R127 R157 R162: errors in _stop while a signal stops a tree
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub session {
  my ($n, $dies, $below) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { $_[KERNEL]->alias_set($n); $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->delay(x => 60); $below->() if $below },
    _child => sub { print "$n $_[ARG0] ", name($_[ARG1]), " ", (defined $_[ARG2] ? $_[ARG2] : "nil"), "\n" if $_[ARG0] ne "create" },
    _stop  => sub { print "$n stop\n"; die "$n died\n" if $dies; return "value of $n" },
    died   => sub { print "$n DIE\n"; $_[KERNEL]->sig_handled },
    x      => sub { },
  });
}
session("R", 0, sub { session("A", 0, sub { session("B", 1, sub { session("C", 0) }) }) });
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(go => 0.02); $_[KERNEL]->delay(later => 0.05); $_[KERNEL]->delay(end => 0.1) },
  go     => sub { print "go\n"; $_[KERNEL]->signal("A", "TERM"); $_[KERNEL]->yield("next") },
  next   => sub { print "next\n" },
  later  => sub { print "later\n" },
  end    => sub { print "end\n" },
});
print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";
print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";

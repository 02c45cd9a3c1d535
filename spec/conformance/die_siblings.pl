# R159: a sibling is outside the family that dies, but loses its parent and stops with the rest
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my %common = (
  _child  => sub { print name($_[SESSION]), " $_[ARG0] ", name($_[ARG1]), "\n" if $_[ARG0] ne "create" },
  _parent => sub { print name($_[SESSION]), " parent ", name($_[ARG0]), " ", name($_[ARG1]), "\n" },
  _stop   => sub { print name($_[SESSION]), " stop\n" },
);
POE::Session->create(heap => "P", inline_states => { %common,
  _start => sub {
    POE::Session->create(heap => "C", inline_states => { %common,
      _start => sub { $_[KERNEL]->yield("boom") }, boom => sub { print "boom\n"; die "bang\n" } });
    POE::Session->create(heap => "S", inline_states => { %common,
      _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->delay(x => 60) }, died => sub { print "S DIE\n" }, x => sub { } });
  },
});
print eval { $poe_kernel->run; 1 } ? "fine\n" : "run: $@";

# R115 R123: a terminal signal stops a tree that nobody in it watches; another kind does not
use strict; use warnings; use POE;
$| = 1;

sub tree {
  my ($name, @below) = @_;
  POE::Session->create(heap => $name, inline_states => {
    _start => sub { $_[KERNEL]->alias_set($name); $_[KERNEL]->delay(end => 0.05) if !@below; tree(@below) if @below },
    _child => sub { print "$name $_[ARG0] ", $_[ARG1]->get_heap, "\n" },
    end    => sub { print "$name end\n" },
    _stop  => sub { print "$name stop\n" },
  });
}
tree("A", "B", "C");
tree("D", "E");
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub { $_[KERNEL]->signal("A", $_) for "term", "USR1", "TSTP", "HUP"; $_[KERNEL]->signal("D", "STOP") },
});
POE::Kernel->run;

# R222 R226: detach_child: _child lose, then _parent, then the call returns
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub session {
  my ($name, %states) = @_;
  POE::Session->create(heap => $name, inline_states => {
    _start  => sub { },
    _child  => sub { print "$name:_child $_[ARG0] ", name($_[ARG1]), " ", (defined $_[ARG2] ? $_[ARG2] : "nil"), "\n" },
    _parent => sub { print "$name:_parent ", name($_[ARG0]), " -> ", name($_[ARG1]), "\n" },
    _stop   => sub { print "$name:_stop\n"; "value of $name" },
    %states,
  });
}
session("GP", _start => sub {
  session("P",
    _start => sub {
      $_[HEAP] = "P";
      my $c = session("C",
        _start => sub {
          session("G", _start => sub { $_[KERNEL]->delay(x => 0.02); return }, x => sub { print "G:x\n" });
          $_[KERNEL]->delay(x => 0.05);
          return;
        },
        x => sub { print "C:x\n" });
      $_[KERNEL]->yield("go", $c);
      return;
    },
    go => sub { print "P:go\n"; print "detached: ", ($_[KERNEL]->detach_child($_[ARG0]) ? "ok" : "refused"), "\n" });
  return;
});
POE::Kernel->run;

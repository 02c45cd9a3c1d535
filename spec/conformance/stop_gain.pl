# R74: _child gain and _parent when a parent ends before its child
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub session {
  my ($name, %states) = @_;
  POE::Session->create(heap => $name, inline_states => {
    _start  => sub { },
    _child  => sub {
      print "$name:_child $_[ARG0] ", name($_[ARG1]), ", ", ($_[ARG0] eq "gain" ? @_ - ARG0 : "value " . (defined $_[ARG2] ? $_[ARG2] : "nil")), "\n";
    },
    _parent => sub { print "$name:_parent ", name($_[ARG0]), " -> ", name($_[ARG1]), "\n" },
    _stop   => sub { print "$name:_stop\n"; "value of $name" },
    %states,
  });
}
session("GP", _start => sub {
  session("P", _start => sub {
    session("S", _start => sub { $_[KERNEL]->delay(x => 5); return });
    session("C", _start => sub { $_[KERNEL]->yield("boom"); return }, boom => sub { print "C:boom\n"; die "bang\n" });
    return;
  });
});
my $fine = eval { POE::Kernel->run; 1 };
print "run ", ($fine ? "returned" : $@ =~ /bang/ ? "raised bang" : "raised"), "\n";

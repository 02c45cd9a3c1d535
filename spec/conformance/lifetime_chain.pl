# R64 R66: an idle chain ends from its leaf in one sweep
use strict; use warnings; use POE;
$| = 1;

sub chain {
  my ($name, @rest) = @_;
  POE::Session->create(heap => $name, inline_states => {
    _start => sub { chain(@rest) if @rest; $_[KERNEL]->delay(last => 0.01) if $name eq "C" },
    last   => sub { print "$name:last\n" },
    _child => sub { print "$name:_child $_[ARG0] ", $_[ARG1]->get_heap, "\n" },
    _stop  => sub { print "$name:_stop\n" },
  });
}
chain("GP", "P", "C", "G");
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(late => 0.04) },
  late   => sub { print "late\n" },
});
POE::Kernel->run;

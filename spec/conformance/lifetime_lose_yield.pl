# R68: a yield, a timer or a new child in _child lose keeps the parent alive
use strict; use warnings; use POE;
$| = 1;

my $round = 0;
sub child {
  my $name = shift;
  POE::Session->create(heap => $name, inline_states => { _start => sub { }, _stop => sub { print "$name:_stop\n" } });
}
POE::Session->create(inline_states => {
  _start => sub { child("C1") },
  _child => sub {
    print "P:_child $_[ARG0] ", $_[ARG1]->get_heap, "\n";
    return if $_[ARG0] ne "lose";
    $round++;
    $_[KERNEL]->yield("after") if $round == 1;
    $_[KERNEL]->delay(timer => 0.02) if $round == 2;
    child("C4") if $round == 3;
  },
  after => sub { print "P:after\n"; child("C2") },
  timer => sub { print "P:timer\n"; child("C3") },
  _stop => sub { print "P:_stop\n" },
});
POE::Kernel->run;

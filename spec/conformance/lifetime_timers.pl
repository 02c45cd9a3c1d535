# R61 R65: a session with a timer stays until it fires and stops in that slice
use strict; use warnings; use POE;
$| = 1;

for my $name (qw(A B C)) {
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->delay(x => 0.16 * (1 + index("BCA", $name))) },
    x      => sub { print "$name:x\n" },
    _stop  => sub { print "$name:_stop\n" },
  });
}
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(x => 0.08); $_[KERNEL]->delay(y => 0.24) },
  x      => sub { print "D:x\n" },
  y      => sub { print "D:y\n"; $_[KERNEL]->alarm_set(z => 1) },
  z      => sub { print "D:z, in the same slice\n" },
  _stop  => sub { print "D:_stop\n" },
});
POE::Kernel->run;

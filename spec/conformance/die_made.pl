# R167 R170: a DIE that the program made stops the family only; with slices, the slice of the DIE raises
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub {
    $_[KERNEL]->delay(x => 0.02);
    POE::Session->create(inline_states => {
      _start => sub { $_[KERNEL]->alias_set("C"); $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->delay(x => 60) },
      died   => sub { print "C $_[ARG0] ", (ref $_[ARG1] ? "record" : "nothing"), "\n" },
      x      => sub { },
      _stop  => sub { print "C stop\n" },
    });
  },
  x      => sub { print "x\n"; $_[KERNEL]->delay(y => 0.02); $_[KERNEL]->signal("C", "DIE") },
  y      => sub { print "y\n" },
  _child => sub { print "P $_[ARG0]\n" },
  _stop  => sub { print "P stop\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(x => 0.1) }, x => sub { print "U x\n" }, _stop => sub { print "U stop\n" } });
POE::Kernel->run;
print "run returned\n";
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("boom"); $_[KERNEL]->yield("x") },
  boom   => sub { print "boom\n"; die "bang\n" },
  x      => sub { print "x\n" },
  _stop  => sub { print "stop\n" },
});
for my $n (1, 2) {
  my $ok = eval { POE::Kernel->run_one_timeslice; 1 };
  print "slice $n: ", ($ok ? "fine\n" : $@);
}

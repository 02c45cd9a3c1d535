# R156 R157 R131: sig_handled said while the family of an unhandled DIE stops
use strict; use warnings; use POE;
$| = 1;

for my $where ("_stop", "_child", "nowhere") {
  print "-- $where\n";
  POE::Session->create(inline_states => {
    _start => sub { POE::Session->create(inline_states => {
      _start => sub { $_[KERNEL]->yield("boom") },
      boom   => sub { print "boom\n"; die "bang\n" },
      _stop  => sub { print "C stop\n"; $_[KERNEL]->sig_handled if $where eq "_stop" },
    }) },
    _child => sub { print "P $_[ARG0]\n"; $_[KERNEL]->sig_handled if "_child lose" eq "$where $_[ARG0]" },
    _stop  => sub { print "P stop\n" },
  });
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->delay(x => 0.02) },
    x      => sub { print "U x\n" },
    _stop  => sub { print "U stop\n" },
  });
  print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";
}

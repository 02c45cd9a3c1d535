# R152 R157 R235: stop() in the handler of DIE, beside a queued DIE, and in a handler that then fails
use strict; use warnings; use POE;
$| = 1;

for my $case ("in DIE", "in DIE handled", "before DIE comes", "then fails", "fails, stop in _stop") {
  print "-- $case\n";
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->yield("boom"); $_[KERNEL]->yield("next") },
    boom   => sub { print "boom\n"; $_[KERNEL]->stop if $case eq "then fails"; die "bang\n" },
    next   => sub { print "next\n"; $_[KERNEL]->stop if $case =~ /before/ },
    died   => sub { print "DIE\n"; $_[KERNEL]->sig_handled if $case =~ /handled/; $_[KERNEL]->stop if $case =~ /in DIE/; print "rest\n" },
    _stop  => sub { print "stop\n"; $_[KERNEL]->stop if $case =~ /_stop/ },
  });
  POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(x => 0.02) }, x => sub { print "x\n" } });
  print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";
}

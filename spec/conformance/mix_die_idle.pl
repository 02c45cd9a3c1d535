# R87 R88 R140 R157: errors in the handlers of IDLE and ZOMBIE
use strict; use warnings; use POE;
$| = 1;

for my $where ("idle", "idle saved", "zombie", "zombie saved") {
  print "-- $where\n";
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->alias_set("a"); $_[KERNEL]->sig(IDLE => "idle"); $_[KERNEL]->sig(ZOMBIE => "zombie"); $_[KERNEL]->sig(DIE => "died") },
    idle   => sub { print "idle ", ++$_[HEAP]{n}, "\n"; $_[KERNEL]->sig_handled if $where =~ /zombie/; die "in idle\n" if $where =~ /idle/ && $_[HEAP]{n} == 1 },
    zombie => sub { print "zombie\n"; die "in zombie\n" if $where =~ /zombie/ },
    died   => sub { print "DIE $_[ARG1]{event}\n"; $_[KERNEL]->sig_handled if $where =~ /saved/ },
    _stop  => sub { print "stop\n" },
  });
  print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";
}

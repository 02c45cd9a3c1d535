# R78 R129 R152 R157: a session that failed is stopped before its DIE comes
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
for my $case ("TERM before", "TERM after", "parent's TERM before", "twice", "twice, first handled", "in the last handler") {
  print "-- $case\n";
  my $n = 0;
  POE::Session->create(heap => "P", inline_states => {
    _start => sub { $_[KERNEL]->alias_set("P"); $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->delay(end => 0.05);
      POE::Session->create(heap => "C", inline_states => {
        _start => sub { my ($k, $s) = @_[KERNEL, SESSION]; $k->sig(DIE => "died"); $k->sig(TERM => "term"); $k->delay(end => 60) if $case !~ /last/;
          $k->signal($s, "TERM") if $case eq "TERM before"; $k->signal("P", "TERM") if $case =~ /parent/;
          $k->yield("boom", 1); $k->yield("boom", 2) if $case =~ /twice/; $k->yield("late") },
        boom => sub { print "boom $_[ARG0]\n"; $_[KERNEL]->signal($_[SESSION], "TERM") if $case eq "TERM after"; die "bang $_[ARG0]\n" },
        late => sub { print "late\n" }, end => sub { },
        term => sub { print "C TERM\n" },
        died => sub { print "C DIE $_[ARG1]{error_str}"; $_[KERNEL]->sig_handled if $case =~ /first/ && !$n++ },
        _stop => sub { print "C stop\n" },
      }) },
    died   => sub { print "P DIE $_[ARG1]{error_str}" },
    end    => sub { print "P end\n"; $_[KERNEL]->alias_remove("P") },
    _child => sub { print "P $_[ARG0]\n" },
    _stop  => sub { print "P stop\n" },
  });
  print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";
}

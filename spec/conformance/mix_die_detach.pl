# R155 R157 R222: who detaches before the DIE comes is told as the tree stands then
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
for my $case ("child detaches", "parent detaches it", "its child detaches in DIE") {
  print "-- $case\n";
  my %common = (
    died    => sub { print name($_[SESSION]), " DIE\n"; $_[KERNEL]->detach_myself if $case =~ /in DIE/ && name($_[SESSION]) eq "G"; $_[KERNEL]->sig_handled if name($_[SESSION]) eq "P" },
    _child  => sub { print name($_[SESSION]), " $_[ARG0] ", name($_[ARG1]), "\n" if $_[ARG0] ne "create" },
    _parent => sub { print name($_[SESSION]), " parent ", name($_[ARG1]), "\n" },
    _stop   => sub { print name($_[SESSION]), " stop\n" },
    end     => sub { print name($_[SESSION]), " end\n" },
  );
  POE::Session->create(heap => "P", inline_states => { %common,
    _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->delay(end => 0.1);
      POE::Session->create(heap => "C", inline_states => { %common,
        _start => sub { $_[KERNEL]->alias_set("C"); $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->yield("boom"); $_[KERNEL]->yield("off"); $_[KERNEL]->delay(end => 0.05);
          POE::Session->create(heap => "G", inline_states => { %common,
            _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->delay(end => 0.2) } }) },
        boom => sub { print "boom\n"; die "bang\n" },
        off  => sub { $_[KERNEL]->detach_myself if $case eq "child detaches" },
      });
      $_[KERNEL]->yield("off") },
    off => sub { $_[KERNEL]->detach_child("C") if $case eq "parent detaches it" },
  });
  print eval { $poe_kernel->run; 1 } ? "fine\n" : "run: $@";
}

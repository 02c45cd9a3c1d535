# R63 R66: idle siblings stop in one sweep, each announced, the parent right after the last
use strict; use warnings; use POE;
$| = 1;

my (@stopped, @lost);
POE::Session->create(heap => "P", inline_states => {
  _start => sub {
    for my $name (qw(C1 C2 C3)) {
      POE::Session->create(heap => $name, inline_states => {
        _start => sub { },
        _stop  => sub { push @stopped, $name; "value of $name" },
      });
    }
    $_[KERNEL]->yield("first");
  },
  first  => sub { print "P:first, stopped so far: ", scalar @stopped, "\n" },
  _child => sub {
    return if $_[ARG0] ne "lose";
    push @lost, $_[ARG1]->get_heap;
    print "lost in the order of stopping: ", ("@lost" eq "@stopped" ? "yes" : "no"),
      ", with its own value: ", ($_[ARG2] eq "value of $lost[-1]" ? "yes" : "no"), "\n";
  },
  _stop => sub { print "P:_stop after @{[sort @lost]}\n" },
});
POE::Kernel->run;

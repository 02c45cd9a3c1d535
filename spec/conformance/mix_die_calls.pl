# R50 R52 R155 R217: errors through calls, callbacks and postbacks, one's own and another's
use strict; use warnings; use POE;
$| = 1;

my (%s, %cb);
sub show { join ",", map { defined $_ ? $_ : "nil" } @_ }
sub session {
  my ($n) = @_;
  $s{$n} = POE::Session->create(heap => $n, inline_states => {
    _start => sub { $_[KERNEL]->alias_set($n); $_[KERNEL]->sig(DIE => "died"); $cb{$n} = $_[SESSION]->callback("boom"); $cb{"p$n"} = $_[SESSION]->postback("boom") },
    boom   => sub { print "$n boom from ", ($_[SENDER] == $_[KERNEL] ? "kernel" : $_[SENDER]->get_heap), "\n"; die "$n boom\n" },
    relay  => sub { print "$n relay\n"; my $got = $_[KERNEL]->call($_[ARG0], $_[ARG1]); print "$n got ", show($got), "\n"; return "relayed" },
    mine   => sub { my $k = $_[KERNEL]; my $s = $_[SESSION];
      print "$n self: ", (eval { $k->call($s, "boom"); 1 } ? "fine\n" : $@);
      print "$n own callback: ", (eval { $cb{$n}->(); 1 } ? "fine\n" : $@);
      my $r; print "$n other's callback: ", (eval { $r = $cb{B}->(); 1 } ? "fine " . show($r) . "\n" : $@);
      print "$n relay: ", show(scalar $k->call("B", "relay", "C", "boom")), "\n";
      print "$n inside: ", (eval { $k->call($s, "deep"); 1 } ? "fine\n" : $@);
      $cb{pC}->(); $k->yield("next") },
    deep   => sub { $_[KERNEL]->call($_[SESSION], "boom") },
    next   => sub { print "next\n" },
    off    => sub { %cb = (); print "off\n"; $_[KERNEL]->alias_remove($_) for $n },
    died   => sub { chomp(my $t = $_[ARG1]{error_str}); my $from = $_[ARG1]{source_session};
      print "$n DIE $t $_[ARG1]{event} from ", ($from == $_[KERNEL] ? "kernel" : $from->get_heap), " in ", show($_[ARG1]{from_state}), "\n"; $_[KERNEL]->sig_handled },
    _stop  => sub { print "$n stop\n" if $n eq "A" },
  });
}
session($_) for "A", "B", "C";
$poe_kernel->post("A", "mine");
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(off => 0.05) }, off => sub { $_[KERNEL]->call($_, "off") for "A", "B", "C" } });
print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";

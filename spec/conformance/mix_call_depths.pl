# R44 R46 R49 R54 R55 R77 R209: calls through three sessions, _default, the dying, and nobody
use strict; use warnings; use POE; use Errno;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub show { @_ ? join(",", map { defined $_ ? $_ : "nil" } @_) : "nothing" }
sub session { my ($n, %more) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { $_[KERNEL]->alias_set($n); $more{start}->() if $more{start} },
    relay  => sub { my ($k, $to, @rest) = @_[KERNEL, ARG0 .. $#_];
      print "$n relay from ", name($_[SENDER]), " ", (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "none"), " active ", name($k->get_active_session), " ", $k->get_active_event, "\n";
      my @r = $k->call($to, @rest);
      print "$n again: active ", name($k->get_active_session), " ", $k->get_active_event, " sender ", name($_[SENDER]), "\n";
      return (@r, $n) },
    answer => sub { print "$n answer from ", name($_[SENDER]), " ", (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "none"), "\n"; return ("one", undef, "three") },
    nothing => sub { return },
    bye    => sub { print "$n bye\n"; $_[KERNEL]->alias_remove($n) },
    _stop  => sub { print "$n stop\n"; $more{stop}->() if $more{stop}; "last of $n" },
    _child => sub { my $c = name($_[ARG1]); print "$n $_[ARG0] $c: ", show($_[KERNEL]->call($_[ARG1], "answer")), "\n" },
    ($n eq "D" ? (_default => sub { return 0 if $_[ARG0] =~ /^_/; print "D default $_[ARG0] from ", name($_[SENDER]), "\n"; return ("d", "e") }) : ()),
  });
}
session("A", start => sub { session("B", stop => sub { print "B called A: ", show($poe_kernel->call("A", "answer")), "\n"; print "B called B: ", show($poe_kernel->call("B", "answer")), "\n" }) });
session("C"); session("D");
print "program: ", show(POE::Kernel->call("A", "relay", "B", "relay", "C", "relay", "A", "answer")), "\n";
print "through D: ", show(POE::Kernel->call("C", "relay", "D", "unheard", 1)), "\n";
print "nobody: ", show(POE::Kernel->call("nobody", "x")), "\n";
print "nothing: ", show(POE::Kernel->call("A", "nothing")), "\n";
POE::Session->create(heap => "Z", inline_states => {
  _start => sub { $_[KERNEL]->yield("go") },
  go => sub { print "Z: ", show($_[KERNEL]->call("A", "relay", "Z?", "x")), "\n"; $_[KERNEL]->call("B", "bye"); $_[KERNEL]->delay(end => 0.02) },
  end => sub { $_[KERNEL]->call($_, "bye") for "A", "C", "D" },
});
POE::Kernel->run;

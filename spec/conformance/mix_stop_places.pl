# R235 R236 R237: stop() in _default, a callback, a nested call
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub active { my $s = $poe_kernel->get_active_session; my $e = $poe_kernel->get_active_event; name($s) . " " . (defined $e ? $e : "nil") }
sub halt { my ($where) = @_; $poe_kernel->stop; print "$where: active ", active() =~ /^(\S+)/, "\n" }
my $case;
sub session { my ($n, $start) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { $_[KERNEL]->alias_set($n); $_[KERNEL]->delay(end => 0.05); $start->() if $start; print "$n started\n" },
    _child => sub { print "$n $_[ARG0] ", name($_[ARG1]), "\n"; },
    _parent => sub { print "$n parent ", name($_[ARG1]), "\n"; },
    _default => sub { return 0 if $_[ARG0] =~ /^_/; halt("_default"); 0 },
    go     => sub { print "go\n";
      $_[KERNEL]->yield("unknown") if $case eq "_default";
      $_[SESSION]->callback("halt")->() if $case eq "callback";
      $_[KERNEL]->call("C", "relay") if $case eq "call";
      print "went ", ($case eq "call" ? "" : active()), "\n" },
    relay  => sub { $_[KERNEL]->call("P", "halt"); print "relayed\n"; print "post: ", ($_[KERNEL]->post("P", "x") ? "ok" : "no"), "\n"; },
    halt   => sub { halt("handler") },
    _stop  => sub { print "$n stop from ", ($_[SENDER] == $_[KERNEL] ? "kernel" : name($_[SENDER])), "\n" },
    end    => sub { print "$n end\n"; $_[KERNEL]->alias_remove($n) },
  });
}
for my $where ("_default", "callback", "call") {
  $case = $where;
  print "-- $case\n";
  session("P", sub { session("C"); $poe_kernel->yield("go") });
  $poe_kernel->run;
}

# R74 R121 R127 R235: stop() and a second terminal signal while a signal is on its way
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my %do;
sub session { my ($n, @below) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { $_[KERNEL]->alias_set($n); $_[KERNEL]->sig($_ => "got") for "TERM", "HUP"; $_[KERNEL]->delay(end => 0.1); session(@below) if @below },
    got    => sub { print "$n $_[ARG0]\n"; $do{"$n $_[ARG0]"}->() if $do{"$n $_[ARG0]"} },
    _child => sub { print "$n $_[ARG0] ", name($_[ARG1]), "\n" if $_[ARG0] ne "create" },
    _parent => sub { print "$n parent ", name($_[ARG1]), "\n" },
    _stop  => sub { print "$n stop\n"; $do{"$n _stop"}->() if $do{"$n _stop"} },
    end    => sub { print "$n end\n"; $_[KERNEL]->alias_remove($n) },
  });
}
my @cases = (
  "stop in the last" => { "A TERM" => sub { $poe_kernel->stop; print "rest\n" } },
  "HUP from TERM to the child" => { "B TERM" => sub { $poe_kernel->sig_handled; $poe_kernel->signal("C", "HUP") } },
  "HUP to the child, TERM unhandled" => { "B TERM" => sub { $poe_kernel->signal("C", "HUP") } },
  "HUP to the parent in _stop" => { "C _stop" => sub { $poe_kernel->signal("A", "HUP") } },
  "child born in _stop" => { "B _stop" => sub { session("N") } },
  "call up in _stop" => { "C _stop" => sub { print "called: ", $poe_kernel->call("A", "got", "by C") || "nil", "\n" } },
);
while (my ($case, $what) = splice @cases, 0, 2) {
  print "-- $case\n";
  %do = %$what;
  session("A", "B", "C");
  my $target = $case =~ /HUP from/ ? "B" : $case =~ /_stop/ ? "B" : "A";
  $poe_kernel->signal($target, "TERM");
  $poe_kernel->run;
}

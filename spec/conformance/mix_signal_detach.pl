# R117 R121 R128 R222: who detaches, or is born, while a signal goes through its tree
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my %do;
sub session { my ($n, @below) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start  => sub { $_[KERNEL]->alias_set($n); $_[KERNEL]->sig(TERM => "term"); $_[KERNEL]->delay(end => $n eq "N" ? 0.15 : 0.1); session(@below) if @below; "start $n" },
    term    => sub { print "$n TERM\n"; $do{$n}->() if $do{$n} },
    call    => sub { print "$n call\n"; $_[ARG0]->() },
    _child  => sub { print "$n $_[ARG0] ", name($_[ARG1]), " ", (defined $_[ARG2] ? $_[ARG2] : "nil"), "\n" },
    _parent => sub { print "$n parent ", name($_[ARG0]), " ", name($_[ARG1]), "\n" },
    _stop   => sub { print "$n stop\n"; "stop $n" },
    end     => sub { print "$n end\n"; $_[KERNEL]->alias_remove($n) },
  });
}
my @cases = (
  "deepest detaches" => { C => sub { $poe_kernel->detach_myself } },
  "middle detaches, after the deepest was told" => { B => sub { $poe_kernel->detach_myself } },
  "parent detaches the child" => { A => sub { $poe_kernel->detach_child("B") } },
  "deepest detaches and saves" => { C => sub { $poe_kernel->detach_myself; $poe_kernel->sig_handled } },
  "one is born in the middle" => { B => sub { session("N") } },
  "one is born at the top, and saves" => { A => sub { session("N"); $poe_kernel->sig_handled } },
  "middle has the deepest detach by a call" => { B => sub { $poe_kernel->call("C", "call", sub { $poe_kernel->detach_myself }) } },
);
while (my ($case, $what) = splice @cases, 0, 2) {
  print "-- $case\n";
  %do = %$what;
  session("A", "B", "C");
  $poe_kernel->signal("A", "TERM");
  $poe_kernel->run;
}

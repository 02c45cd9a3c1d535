# R1 R4 R7 R9 R16 R83 R117: what a _start may do to itself, its parent and its sisters
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my %s;
sub session { my ($n, $start) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { print "$n start from ", name($_[SENDER]), "\n"; $s{$n} = $_[SESSION]->ID; my $r = $start ? $start->($_[KERNEL], $_[SESSION], $_[SENDER]) : "plain"; print "$n started\n"; $r },
    call   => sub { print "$n call from ", name($_[SENDER]), "\n"; my $r = $_[ARG0] ? $_[ARG0]->($_[KERNEL]) : 0; "called" },
    x      => sub { print "$n x $_[ARG0]\n" },
    mine   => sub { print "$n mine\n" },
    _child => sub { print "$n $_[ARG0] ", name($_[ARG1]), " ", (defined $_[ARG2] ? $_[ARG2] : "nil"), "\n" },
    _parent => sub { print "$n parent ", name($_[ARG0]), " ", name($_[ARG1]), "\n" },
    _stop  => sub { print "$n stop\n"; "$n value" },
  });
}
session("P", sub { my ($k, $s) = @_;
  $k->sig(mine => "mine");
  $k->yield("x", "first");
  session("A", sub { my ($k, $s, $p) = @_; $k->post($p, "x", "from A"); "A got " . $k->call($p, "call", sub { session("B", sub { my ($k, $s, $p) = @_; $k->yield("x", "own"); $k->detach_myself; "B value" }) }) });
  session("C", sub { my ($k, $s) = @_; $k->yield("x", "before"); $k->signal($s, "TERM"); $k->yield("x", "after"); undef });
  session("D", sub { my ($k, $s, $p) = @_; $k->signal($p, "mine"); $k->delay(x => 60, "never"); $k->delay("x"); $k->post($s{A}, "x", "from D"); 0 });
  session("E", sub { my ($k, $s, $p) = @_; session("F", sub { my ($k, $s, $e) = @_; $k->call($s{E}, "call", sub { $_[0]->detach_child($s{F}) }); "F value" }); $k->yield("x", "E") ; "" });
  $k->delay(x => 0.02, "last"); "P value" });
POE::Kernel->run;

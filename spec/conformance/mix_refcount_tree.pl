# R71 R80 R93 R199 R201 R202: counts held across a family, in _stop, in _child, below zero
use strict; use warnings; use POE;
$| = 1;

my %id;
sub session { my ($n, $start) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start => sub { $id{$n} = $_[SESSION]->ID; $start->($_[KERNEL]) if $start },
    go     => sub { print "$n go\n"; $_[ARG0]->($_[KERNEL]) },
    _child => sub { return if $_[ARG0] eq "create"; print "$n lose ", $_[ARG1]->get_heap, "\n";
      my $c = $_[KERNEL]->refcount_increment($_[ARG1]->ID, "late"); print "late: ", (defined $c ? $c : "no"), "\n" if $n eq "P" },
    _stop  => sub { print "$n stop, count ", $_[KERNEL]->refcount_increment($_[SESSION]->ID, "own"), "\n" },
  });
}
session("P", sub { my $k = shift; $k->refcount_increment($id{P}, "a") for 1 .. 2;
  session("C", sub { my $k = shift; print "by C: ", $k->refcount_increment($id{P}, "c"), "\n"; print $k->refcount_increment($id{C}, "x"), "\n" }) });
session("N", sub { my $k = shift; print "below: ", $k->refcount_decrement($id{N}, "n"), " ", $k->refcount_decrement($id{N}, "n"), " ", $k->refcount_increment($id{N}, "n"), "\n" });
POE::Session->create(heap => "D", inline_states => {
  _start => sub { $_[KERNEL]->delay(one => 0.02) },
  one    => sub { my $k = $_[KERNEL]; print "one\n"; print $k->refcount_decrement($id{P}, "a"), "\n"; print $k->refcount_decrement($id{P}, "a"), "\n"; $k->delay(two => 0.02) },
  two    => sub { my $k = $_[KERNEL]; print "two\n"; print $k->refcount_decrement($id{C}, "x"), "\n"; $k->post($id{C}, "go", sub { $_[0]->refcount_increment($id{C}, "y") }); $k->delay(three => 0.02) },
  three  => sub { my $k = $_[KERNEL]; print "three\n"; print $k->refcount_decrement($id{C}, "y"), "\n"; $k->delay(four => 0.02) },
  four   => sub { my $k = $_[KERNEL]; print "four, C is ", ($k->ID_id_to_session($id{C}) ? "there" : "gone"), "\n"; print $k->refcount_decrement($id{P}, "c"), "\n"; $k->delay(five => 0.02) },
  five   => sub { my $k = $_[KERNEL]; print "five, P is ", ($k->ID_id_to_session($id{P}) ? "there" : "gone"), "\n"; my $c = $k->refcount_increment($id{P}, "z"); print defined $c ? $c : "no", "\n" },
  _stop  => sub { print "D stop\n" },
});
POE::Kernel->run;

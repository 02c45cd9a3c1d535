# R249 R253: a machine stops in its turn; its postbacks keep it, its callbacks do not
use strict; use warnings; use POE; use POE::NFA;
$| = 1;

my $machine = POE::NFA->spawn(inline_states => { one => {
  enter => sub { $_[KERNEL]->yield("before"); $_[MACHINE]->stop; $_[KERNEL]->yield("after"); print "the rest\n" },
  before => sub { print "before\n" },
  after  => sub { print "after\n" },
} });
$machine->goto_state("one", "enter");
POE::Kernel->run;
my ($postback, $callback);
for my $what ("postback", "callback") {
  my $held;
  my $m = POE::NFA->spawn(inline_states => { one => {
    enter => sub { $held = $_[MACHINE]->$what("back", "made") },
    back  => sub { print "$what back $_[ARG0][0] $_[ARG1][0]\n"; return },
  } });
  $m->goto_state("one", "enter");
  my $id = $m->ID; undef $m;
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->delay(look => 0.05) },
    look   => sub {
      print "$what: ", ($_[KERNEL]->ID_id_to_session($id) ? "alive" : "gone"), "\n";
      $held->("called") if $what eq "postback";
      undef $held;
      $_[KERNEL]->delay(again => 0.05) if $what eq "postback";
    },
    again => sub { print "$what: ", ($_[KERNEL]->ID_id_to_session($id) ? "alive" : "gone"), "\n" },
  });
  POE::Kernel->run;
}

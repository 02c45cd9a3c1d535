# R2: who sends _start
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub make {
  my $name = shift;
  POE::Session->create(heap => $name, inline_states => {
    _start => sub {
      print "$name started by ", name($_[SENDER]), ", in ", (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "nothing"),
        ", state $_[STATE]\n";
    },
    make => sub { make($_[ARG0]) },
  });
}
my $a = make("A");
POE::Session->create(heap => "B", inline_states => {
  _start => sub { make("C"); $_[KERNEL]->yield("later") },
  later  => sub {
    make("D");
    $_[KERNEL]->call($a, "make", "E");
    $_[KERNEL]->post($a, "make", "F");
  },
});
make("G");
POE::Kernel->run;

# R19: yield and post are first in, first out across the process
use strict; use warnings; use POE;
$| = 1;

my %session;
for my $name (qw(A B)) {
  $session{$name} = POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->yield("t1"); $_[KERNEL]->yield("t2") },
    t1     => sub { print "$name:t1\n"; $_[KERNEL]->post($session{$name eq "A" ? "B" : "A"}, "from", $name) },
    t2     => sub { print "$name:t2\n" },
    from   => sub { print "$name:from $_[ARG0]\n" },
  });
}
$poe_kernel->post($session{B}, "from", "main");
$poe_kernel->post($session{A}, "from", "main");
POE::Session->create(heap => { seen => 0, wrong => 0 }, inline_states => {
  _start => sub { $_[KERNEL]->yield(count => $_) for 1 .. 1000; $_[KERNEL]->yield("done") },
  count  => sub { $_[HEAP]{wrong}++ if $_[ARG0] != ++$_[HEAP]{seen} },
  done   => sub { print "$_[HEAP]{seen} counted, $_[HEAP]{wrong} out of order\n" },
});
$poe_kernel->run;

# R33: a past alarm set in a handler runs in the same slice, ahead of what is queued
use strict; use warnings; use POE;
$| = 1;

my %session;
for my $name (qw(A B C)) {
  $session{$name} = POE::Session->create(inline_states => {
    _start => sub { },
    x      => sub {
      print "$name:x\n";
      if ($name ne "B") {
        $_[KERNEL]->yield("y");
        $_[KERNEL]->alarm(past => time - 60);
        $_[KERNEL]->delay(neg => -90);
      }
    },
    y    => sub { print "$name:y\n" },
    past => sub { print "$name:past\n" },
    neg  => sub { print "$name:neg\n" },
  });
}
$poe_kernel->post($session{$_}, "x") for qw(A B C);
$poe_kernel->run;

# R11: no handler may be called _signal
use strict; use warnings; use POE;
$| = 1;

for my $event (qw(_signal signal _other)) {
  my $session = eval { POE::Session->create(inline_states => { _start => sub { print "started\n" }, $event => sub { } }) };
  print "$event: ", ($session ? "accepted" : "refused"), "\n";
}
POE::Kernel->run;

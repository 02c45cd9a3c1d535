# R232: run_while stops between slices; run goes on with the same sessions
use strict; use warnings; use POE;
$| = 1;

my $going = 1;
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield(count => 1); $_[KERNEL]->delay(late => 0.02) },
  count  => sub {
    my $n = $_[ARG0];
    print "count $n\n";
    $_[KERNEL]->yield(beside => $n);
    $_[KERNEL]->yield(count => $n + 1) if $n < 6;
    $going = 0 if $n == 3;
  },
  beside => sub { print "beside $_[ARG0]\n" },
  late   => sub { print "late\n" },
  _stop  => sub { print "_stop\n" },
});
POE::Kernel->run_while(\$going);
print "run_while returned\n";
$going = 0;
POE::Kernel->run_while(\$going);
print "nothing ran\n";
POE::Kernel->run;
print "run returned\n";

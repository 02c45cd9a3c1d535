# R189: the watcher dies with its session, the handle lives on
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my ($a, $b) = pair();
my $first = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->select_read($a, "rd") },
  rd => sub { print "rd\n"; sysread $a, my $data, 10 },
  _stop => sub { print "first stopped\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(kill => 0.02) },
  kill => sub { $_[KERNEL]->signal($first, "KILL"); undef $first; $_[KERNEL]->delay(use => 0.02) },
  use => sub {
    syswrite $b, "to a";
    sysread $a, my $data, 10;
    print "$data\n";
    $_[KERNEL]->select_read($b, "answer");
    syswrite $a, "to b";
  },
  answer => sub { sysread $b, my $data, 10; print "$data\n"; $_[KERNEL]->select_read($b) },
});
POE::Kernel->run;

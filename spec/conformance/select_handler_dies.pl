# R164 R156: a handle's handler that dies: the record names its event; unhandled, all ends
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my ($a, $b) = pair();
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->select_read($a, "rd"); syswrite $b, "x" },
  rd => sub { my $n = ++$_[HEAP]{n}; print "rd $n\n"; sysread $a, my $data, 1; die "failure $n\n" },
  died => sub {
    print "died in $_[ARG1]{event}: $_[ARG1]{error_str}";
    $_[KERNEL]->sig_handled if $_[HEAP]{n} == 1;
    $_[KERNEL]->delay(again => 0.02) if $_[HEAP]{n} == 1;
  },
  again => sub { syswrite $b, "x" },
  _stop => sub { print "_stop\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(never => 1) },
  never => sub { print "never\n" },
  _stop => sub { print "other _stop\n" },
});
print "run raised: $@" unless eval { POE::Kernel->run; 1 };

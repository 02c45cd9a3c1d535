# R291: a list goes past the shell, a string through it; arguments are added
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

my @programs = (
  ["list", Program => ["echo", "a b", '$HOME']],
  ["list and arguments", Program => ["echo", "a b"], ProgramArgs => ["c  d", '$HOME']],
  ["shell", Program => 'X="a  b"; echo $X "$X"'],
  ["shell and arguments", Program => "echo a", ProgramArgs => ["b", "c"]],
);
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("next") },
  next => sub {
    my $program = shift @programs or return delete $_[HEAP]{w};
    ($_[HEAP]{name}, my @args) = @$program;
    $_[HEAP]{w} = POE::Wheel::Run->new(@args, StdoutEvent => "out", ErrorEvent => "error", CloseEvent => "next");
    $_[KERNEL]->sig_child($_[HEAP]{w}->PID, "chld");
  },
  out => sub { print "$_[HEAP]{name}: $_[ARG0]\n" },
  error => sub { },
  chld => sub { },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

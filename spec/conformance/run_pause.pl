# R300: paused output, and with it the close, waits for the resuming
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    my $w = $_[HEAP]{w} = POE::Wheel::Run->new(Program => "echo one; echo two; echo e >&2", StdoutEvent => "out", StderrEvent => "err", CloseEvent => "closed", ErrorEvent => "error");
    $w->pause_stdout;
    $_[KERNEL]->sig_child($w->PID, "chld");
  },
  err => sub { print "err $_[ARG0]\n"; $_[KERNEL]->yield("half") },
  chld => sub { $_[KERNEL]->yield("half") },
  half => sub { $_[KERNEL]->delay(resume => 0.05) if ++$_[HEAP]{halves} == 2 },
  resume => sub { print "resume\n"; $_[HEAP]{w}->resume_stdout },
  out => sub { print "out $_[ARG0]\n" },
  error => sub { print "$_[ARG4] ends\n" if $_[ARG4] eq "STDOUT" },
  closed => sub { print "close\n"; delete $_[HEAP]{w} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R295: killing the program
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{signals} = ["TERM", "HUP", "KILL"];
    $_[KERNEL]->yield("next");
  },
  next => sub {
    $_[HEAP]{signal} = shift @{$_[HEAP]{signals}} or return;
    my $w = $_[HEAP]{w} = POE::Wheel::Run->new(Program => ["sh", "-c", "echo ready; exec sleep 5"], StdoutEvent => "ready", ErrorEvent => "error");
    $_[KERNEL]->sig_child($w->PID, "chld");
  },
  ready => sub {
    my $signalled = $_[HEAP]{signal} eq "TERM" ? $_[HEAP]{w}->kill : $_[HEAP]{w}->kill($_[HEAP]{signal});
    print "killed: ", $signalled ? "yes" : "no", "\n";
  },
  error => sub { },
  chld => sub {
    print "$_[HEAP]{signal}: status ", $_[ARG2] >> 8, " signal ", $_[ARG2] & 127, "\n";
    delete $_[HEAP]{w};
    $_[KERNEL]->yield("next");
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R298: output redirected to a file; not together with its event
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
POE::Session->create(inline_states => {
  _start => sub {
    print "with its event: ", eval { POE::Wheel::Run->new(Program => ["true"], RedirectStdout => $path, StdoutEvent => "out"); 1 } ? "accepted" : "error", "\n";
    $_[HEAP]{w} = POE::Wheel::Run->new(Program => "echo out; echo err >&2", RedirectOutput => $path);
    $_[KERNEL]->sig_child($_[HEAP]{w}->PID, "chld");
  },
  chld => sub {
    print "chld ", $_[ARG2] >> 8, "\n";
    open my $f, "<", $path or die;
    print sort <$f>;
    delete $_[HEAP]{w};
  },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

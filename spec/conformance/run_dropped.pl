# R302: a wheel dropped at once: the program goes on, its end is told
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
POE::Session->create(inline_states => {
  _start => sub {
    my $w = POE::Wheel::Run->new(Program => "sleep 0.1; echo done >$path", StdoutEvent => "out", ErrorEvent => "error", CloseEvent => "closed");
    $_[KERNEL]->sig_child($w->PID, "chld");
    undef $w;
  },
  out => sub { print "out\n" },
  error => sub { print "error\n" },
  closed => sub { print "close\n" },
  chld => sub {
    open my $f, "<", $path or die;
    print "chld ", $_[ARG2] >> 8, ", it wrote ", <$f>;
  },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

# R294: a last line without its end is lost
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::Run->new(Program => ["printf", 'a\nb\nc'], StdoutEvent => "out", ErrorEvent => "error", CloseEvent => "closed");
    $_[KERNEL]->sig_child($_[HEAP]{w}->PID, "chld");
  },
  out => sub { print "out $_[ARG0]\n" },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), " $_[ARG4]\n" },
  closed => sub { print "close\n"; delete $_[HEAP]{w} },
  chld => sub { },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

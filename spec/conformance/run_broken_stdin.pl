# R262 R290: writing to a program that does not read: a write error of its stdin
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
$SIG{PIPE} = "IGNORE";
POE::Session->create(inline_states => {
  _start => sub {
    my $w = $_[HEAP]{w} = POE::Wheel::Run->new(Program => "exec 0<&-; echo ready; sleep 0.2; echo later", StdinEvent => "written", StdoutEvent => "out", ErrorEvent => "error", CloseEvent => "closed");
    $_[KERNEL]->sig_child($w->PID, "chld");
  },
  written => sub { print "written\n" },
  out => sub { print "out $_[ARG0]\n"; $_[HEAP]{w}->put("hello") if $_[ARG0] eq "ready" },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), " $_[ARG4]\n" },
  closed => sub { print "close\n"; delete $_[HEAP]{w} },
  chld => sub { },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R290: a shell command: output, errors, two ends, close, exit status
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::Run->new(Program => "echo out; sleep 0.05; echo err >&2; exit 3", StdoutEvent => "out", StderrEvent => "err", ErrorEvent => "error", CloseEvent => "closed");
    $_[KERNEL]->sig_child($_[HEAP]{w}->PID, "chld");
  },
  out => sub { print "out $_[ARG0], ", $_[ARG1] == $_[HEAP]{w}->ID ? "the id" : "?", "\n" },
  err => sub { print "err $_[ARG0], ", $_[ARG1] == $_[HEAP]{w}->ID ? "the id" : "?", "\n" },
  error => sub { push @{$_[HEAP]{ends}}, "error $_[ARG0] " . code($_[ARG1]) . " $_[ARG4]" },
  closed => sub {
    print "$_\n" for sort @{$_[HEAP]{ends}};
    print "close\n";
    $_[HEAP]{closed} = 1;
    $_[KERNEL]->yield("both") if $_[HEAP]{status};
  },
  chld => sub {
    my $pid = $_[ARG1] == $_[HEAP]{w}->PID ? "the pid" : "?";
    $_[HEAP]{status} = "$_[ARG0] $pid status " . ($_[ARG2] >> 8) . " signal " . ($_[ARG2] & 127);
    $_[KERNEL]->yield("both") if $_[HEAP]{closed};
  },
  both => sub { print "$_[HEAP]{status}\n"; delete $_[HEAP]{w} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

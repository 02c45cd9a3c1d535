# R293: a conversation with a program
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    my $w = $_[HEAP]{w} = POE::Wheel::Run->new(Program => 'while read x; do echo "<$x>"; done; echo bye', StdinEvent => "written", StdoutEvent => "out", ErrorEvent => "error", CloseEvent => "closed");
    $_[KERNEL]->sig_child($w->PID, "chld");
    $_[HEAP]{lines} = [qw(two three)];
    $w->put("one");
  },
  written => sub { print "written\n" },
  out => sub {
    print "out $_[ARG0]\n";
    my $line = shift @{$_[HEAP]{lines}};
    if (defined $line) { $_[HEAP]{w}->put($line) }
    elsif (!$_[HEAP]{shut}++) { $_[HEAP]{w}->shutdown_stdin }
  },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), " $_[ARG4]\n" },
  closed => sub { print "close\n"; delete $_[HEAP]{w} },
  chld => sub { },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

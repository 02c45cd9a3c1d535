# R293: each of the three has a filter of its own
use strict; use warnings; use POE qw(Wheel::Run Filter::Line Filter::Block); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    my $w = $_[HEAP]{w} = POE::Wheel::Run->new(
      Program => "cat; printf 'abc!de!' >&2",
      StdinFilter => POE::Filter::Line->new(Literal => ";"), StdoutFilter => POE::Filter::Block->new(BlockSize => 2), StderrFilter => POE::Filter::Line->new(Literal => "!"),
      StdoutEvent => "out", StderrEvent => "err", ErrorEvent => "error", CloseEvent => "closed",
    );
    $_[KERNEL]->sig_child($w->PID, "chld");
    $w->put("xyz", "w");
  },
  out => sub {
    print "out $_[ARG0]\n";
    if ($_[ARG0] eq "w;") {
      $_[HEAP]{w}->set_stdin_filter(POE::Filter::Line->new(Literal => "."));
      $_[HEAP]{w}->put("line");
    }
    $_[HEAP]{w}->shutdown_stdin if $_[ARG0] eq "ne";
  },
  err => sub { print "err $_[ARG0]\n" },
  error => sub { },
  closed => sub { print "close\n"; delete $_[HEAP]{w} },
  chld => sub { },
});
POE::Kernel->run;

# R257: without an input event neither input nor its end is noticed
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, my $b) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, FlushedEvent => "flushed", ErrorEvent => "error");
    syswrite $b, "data\n";
    shutdown $b, 1;
    $_[HEAP]{b} = $b;
    $_[HEAP]{w}->put("out");
    $_[KERNEL]->delay(enough => 0.03);
  },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), "\n" },
  flushed => sub { print "flushed\n" },
  enough => sub { print "enough\n"; delete $_[HEAP]{w} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R255: the events of a wheel come from the watching of its handle
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", FlushedEvent => "flushed", ErrorEvent => "error");
    $_[HEAP]{w}->put("out");
  },
  flushed => sub {
    print "flushed by ", $_[CALLER_STATE] =~ /ReadWrite\((\d+)\) -> (select \w+)$/ && $1 == $_[ARG0] ? $2 : $_[CALLER_STATE], "\n";
    sysread $_[HEAP]{b}, my $data, 10;
    syswrite $_[HEAP]{b}, "line\n";
  },
  in => sub {
    print "in by ", $_[CALLER_STATE] =~ /ReadWrite\((\d+)\) -> (select \w+)$/ && $1 == $_[ARG1] ? $2 : $_[CALLER_STATE], "\n";
    close delete $_[HEAP]{b};
  },
  error => sub {
    print "error by ", $_[CALLER_STATE] =~ /ReadWrite\((\d+)\) -> (select \w+)$/ && $1 == $_[ARG3] ? $2 : $_[CALLER_STATE], "\n";
    delete $_[HEAP]{w};
  },
});
POE::Kernel->run;

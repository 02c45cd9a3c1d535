# R256: the end is told once; the wheel stays and can put
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", FlushedEvent => "flushed", ErrorEvent => "error");
    syswrite $_[HEAP]{b}, "last\n";
    shutdown $_[HEAP]{b}, 1;
    $_[KERNEL]->delay(talk => 0.03);
  },
  in => sub { print "in $_[ARG0]\n" },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), "\n" },
  talk => sub { print "talk\n"; $_[HEAP]{w}->put("still here") },
  flushed => sub {
    sysread $_[HEAP]{b}, my $data, 100;
    $data =~ s/\s+$//;
    print "flushed, peer got $data\n";
    delete $_[HEAP]{w};
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R254 R256 R277: what input, flush and error events get
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", FlushedEvent => "flushed", ErrorEvent => "error");
    $_[HEAP]{w}->put("out");
  },
  flushed => sub {
    print "flushed: ", @_ - ARG0, " argument, ", $_[ARG0] == $_[HEAP]{w}->ID ? "the id" : "?", "\n";
    syswrite $_[HEAP]{b}, "hello\n";
  },
  in => sub {
    print "in: ", @_ - ARG0, " arguments, $_[ARG0], ", $_[ARG1] == $_[HEAP]{w}->ID ? "the id" : "?", "\n";
    print "sender ", $_[SENDER] == $_[SESSION] ? "self" : "?", "\n";
    close delete $_[HEAP]{b};
  },
  error => sub {
    my ($op, $no, $text, $id) = @_[ARG0 .. ARG3];
    print "error: ", @_ - ARG0, " arguments, $op ", code($no), ", ", $id == $_[HEAP]{w}->ID ? "the id" : "?", "\n";
    delete $_[HEAP]{w};
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

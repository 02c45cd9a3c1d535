# R262: a write error: told once, the octets stay counted, no flush event
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
$SIG{PIPE} = "IGNORE";
POE::Session->create(inline_states => {
  _start => sub {
    my ($a, $b) = pair();
    close $b;
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Stream->new, FlushedEvent => "flushed", ErrorEvent => "error");
    $_[HEAP]{w}->put("hello");
    $_[KERNEL]->delay(look => 0.03);
  },
  flushed => sub { print "flushed\n" },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), "\n" },
  look => sub { print "octets ", $_[HEAP]{w}->get_driver_out_octets, "\n"; delete $_[HEAP]{w} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

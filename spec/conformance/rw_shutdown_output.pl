# R272: after shutdown_output the peer reads the end while input goes on
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    my ($a, $b) = pair();
    $_[HEAP]{a} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "a_in", FlushedEvent => "a_flushed", ErrorEvent => "a_error");
    $_[HEAP]{b} = POE::Wheel::ReadWrite->new(Handle => $b, InputEvent => "b_in", ErrorEvent => "b_error");
    $_[HEAP]{a}->put("question");
  },
  a_flushed => sub { $_[HEAP]{a}->shutdown_output },
  b_in => sub { print "b in $_[ARG0]\n" },
  b_error => sub { print "b error $_[ARG0] ", code($_[ARG1]), "\n"; $_[HEAP]{b}->put("answer"); },
  a_in => sub { print "a in $_[ARG0]\n"; delete $_[HEAP]{b} },
  a_error => sub { print "a error $_[ARG0] ", code($_[ARG1]), "\n"; delete $_[HEAP]{a} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

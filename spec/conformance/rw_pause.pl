# R267: paused input arrives after resuming
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    (my $a, $_[HEAP]{b}) = pair();
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", ErrorEvent => "error");
    syswrite $_[HEAP]{b}, "one\n";
  },
  in => sub {
    print "in $_[ARG0]\n";
    if ($_[ARG0] eq "one") {
      $_[HEAP]{w}->pause_input;
      syswrite $_[HEAP]{b}, "two\nthree\n";
      $_[KERNEL]->delay(resume => 0.03);
    }
    close delete $_[HEAP]{b} if $_[ARG0] eq "three";
  },
  resume => sub { print "resume\n"; $_[HEAP]{w}->resume_input },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), "\n"; delete $_[HEAP]{w} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

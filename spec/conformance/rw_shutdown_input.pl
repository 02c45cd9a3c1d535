# R272: shutdown_input ends the reading in silence, output goes on
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    my ($a, $b) = pair();
    $_[HEAP]{a} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", ErrorEvent => "error");
    $_[HEAP]{b} = POE::Wheel::ReadWrite->new(Handle => $b, InputEvent => "b_in");
    $_[HEAP]{a}->shutdown_input;
    $_[KERNEL]->delay(put => 0.03);
  },
  in => sub { print "in $_[ARG0]\n" },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), "\n" },
  put => sub { print "put\n"; $_[HEAP]{a}->put("still") },
  b_in => sub { print "b in $_[ARG0]\n"; delete @{$_[HEAP]}{qw(a b)} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

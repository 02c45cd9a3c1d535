# R254 R256 R258: an echo conversation of two sessions
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($a, $b) = pair();
POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", ErrorEvent => "error") },
  in => sub { print "server in $_[ARG0]\n"; $_[HEAP]{w}->put("echo $_[ARG0]") },
  error => sub { print "server error $_[ARG0] ", code($_[ARG1]), "\n"; delete $_[HEAP]{w} },
  _stop => sub { print "server stops\n" },
});
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $b, InputEvent => "in");
    $_[HEAP]{lines} = [qw(one two three)];
    $_[HEAP]{w}->put(shift @{$_[HEAP]{lines}});
  },
  in => sub {
    print "client in $_[ARG0]\n";
    my $line = shift @{$_[HEAP]{lines}};
    if (defined $line) { $_[HEAP]{w}->put($line) } else { delete $_[HEAP]{w} }
  },
  _stop => sub { print "client stops\n" },
});
undef $a; undef $b;
POE::Kernel->run;

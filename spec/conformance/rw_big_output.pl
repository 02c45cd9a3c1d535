# R258 R262: much output: everything arrives, one flush event at the end
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($a, $b) = pair();
my $size = 3_000_000;
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Stream->new, FlushedEvent => "flushed");
    $_[HEAP]{w}->put("x" x ($size / 2), "y" x ($size / 2));
    print $_[HEAP]{w}->get_driver_out_octets, " octets\n";
  },
  flushed => sub { print "flushed, ", $_[HEAP]{w}->get_driver_out_octets, " left\n"; delete $_[HEAP]{w} },
});
undef $a;
POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $b, Filter => POE::Filter::Stream->new, InputEvent => "in", ErrorEvent => "error"); $_[HEAP]{n} = 0 },
  in => sub { $_[HEAP]{n} += length $_[ARG0]; $_[HEAP]{last} = substr $_[ARG0], -1 },
  error => sub { print "peer got $_[HEAP]{n}, at last $_[HEAP]{last}, ", code($_[ARG1]), "\n"; delete $_[HEAP]{w} },
});
undef $b;
POE::Kernel->run;

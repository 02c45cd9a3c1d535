# R258 R263: a producer that stops at the high mark and goes on at the low one
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Stream); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($a, $b) = pair();
my $chunks = 60;
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, Filter => POE::Filter::Stream->new, FlushedEvent => "flushed", HighMark => 100_000, LowMark => 20_000, HighEvent => "high", LowEvent => "produce");
    $_[HEAP]{sent} = $_[HEAP]{stops} = 0;
    $_[KERNEL]->yield("produce");
  },
  produce => sub {
    while ($_[HEAP]{sent} < $chunks) {
      $_[HEAP]{sent}++;
      if ($_[HEAP]{w}->put("x" x 25_000)) { $_[HEAP]{stops}++; return }
    }
  },
  flushed => sub {
    return if $_[HEAP]{sent} < $chunks;
    print "sent $_[HEAP]{sent} chunks, stopped $_[HEAP]{stops} times\n";
    delete $_[HEAP]{w};
  },
});
undef $a;
POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $b, Filter => POE::Filter::Stream->new, InputEvent => "in", ErrorEvent => "error") },
  in => sub { $_[HEAP]{n} += length $_[ARG0] },
  error => sub { print "received $_[HEAP]{n}, ", code($_[ARG1]), "\n"; delete $_[HEAP]{w} },
});
undef $b;
POE::Kernel->run;

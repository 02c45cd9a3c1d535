# R59 R258: a flush event due keeps its session while the other end reads
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($a, $b) = pair();
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, FlushedEvent => "flushed");
    $_[KERNEL]->yield("produce");
  },
  produce => sub { $_[HEAP]{w}->put("hello") },
  flushed => sub { print "flushed\n"; $_[HEAP]{flushed} = 1; delete $_[HEAP]{w} },
  _stop => sub { print "_stop ", $_[HEAP]{flushed} ? "after" : "before", " the flush event\n" },
});
undef $a;
my @read;
POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $b, InputEvent => "in", ErrorEvent => "error") },
  in => sub { push @read, $_[ARG0] },
  error => sub { push @read, code($_[ARG1]); delete $_[HEAP]{w} },
});
undef $b;
POE::Kernel->run;
print "read @read\n";

# R277: wheel ids increase over all sessions
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my @ids;
for (1 .. 3) {
  POE::Session->create(inline_states => {
    _start => sub {
      (my $a, $_[HEAP]{b}) = pair();
      $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", ErrorEvent => "error");
      push @ids, $_[HEAP]{w}->ID;
      $_[KERNEL]->yield("end");
    },
    end => sub { close delete $_[HEAP]{b} },
    error => sub { print "error, the id ", $_[ARG3] == $_[HEAP]{w}->ID ? "is the same" : "differs", "\n"; delete $_[HEAP]{w} },
  });
}
print $ids[0] < $ids[1] && $ids[1] < $ids[2] ? "increasing\n" : "@ids\n";
POE::Kernel->run;

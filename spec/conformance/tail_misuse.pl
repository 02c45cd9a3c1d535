# R289: what is misuse of the constructor
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    my ($a, $b) = pair();
    my $path = "/tmp/poe-conformance-$$";
    my $try = sub {
      my ($name, @args) = @_;
      print "$name: ", eval { POE::Wheel::FollowTail->new(PollInterval => 0.02, @args); 1 } ? "accepted" : "error", "\n";
    };
    $try->("handle and filename", Handle => $a, Filename => $path, InputEvent => "in");
    $try->("neither", InputEvent => "in");
    $try->("seek and seek_back", Filename => $path, InputEvent => "in", Seek => 1, SeekBack => 1);
    $try->("no input event", Filename => $path);
    $try->("a folder", Filename => "/tmp", InputEvent => "in");
    $try->("all in order", Filename => $path, InputEvent => "in");
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

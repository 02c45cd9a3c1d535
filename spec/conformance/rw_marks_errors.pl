# R264: marks and their events need each other
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    local $SIG{__WARN__} = sub {};
    my ($a, $b) = pair();
    my $try = sub {
      my ($name, @args) = @_;
      my $made = eval { POE::Wheel::ReadWrite->new(Handle => $a, @args); 1 };
      print "$name: ", $made ? "accepted" : "error", "\n";
    };
    $try->("high alone", HighMark => 100, HighEvent => "h");
    $try->("low alone", LowMark => 10, LowEvent => "l");
    $try->("high of 0", HighMark => 0, LowMark => 10, HighEvent => "h", LowEvent => "l");
    $try->("low of 0", HighMark => 10, LowMark => 0, HighEvent => "h", LowEvent => "l");
    $try->("high event without marks", HighEvent => "h");
    $try->("low event without marks", LowEvent => "l");
    $try->("no low event", HighMark => 100, LowMark => 10, HighEvent => "h");
    $try->("no high event", HighMark => 100, LowMark => 10, LowEvent => "l");
    $try->("all", HighMark => 100, LowMark => 10, HighEvent => "h", LowEvent => "l");
  },
});
POE::Kernel->run;

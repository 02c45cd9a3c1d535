# R254 R277: one session, several wheels, told apart by their ids
use strict; use warnings; use POE qw(Wheel::ReadWrite); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    for my $n (1 .. 3) {
      my ($a, $b) = pair();
      my $w = POE::Wheel::ReadWrite->new(Handle => $a, InputEvent => "in", ErrorEvent => "error");
      $_[HEAP]{$w->ID} = { w => $w, n => $n, b => $b };
      $_[HEAP]{first} = $w->ID if $n == 1;
    }
    syswrite $_[HEAP]{$_[HEAP]{first}}{b}, "go\n";
  },
  in => sub {
    my $me = $_[HEAP]{$_[ARG1]};
    print "wheel $me->{n}: $_[ARG0]\n";
    my $next = $_[HEAP]{$_[ARG1] + 1};
    if (ref $next) { syswrite $next->{b}, "$_[ARG0] $me->{n}\n" } else { close $_[HEAP]{$_[HEAP]{first}}{b} }
  },
  error => sub {
    my $me = delete $_[HEAP]{$_[ARG3]};
    print "wheel $me->{n}: $_[ARG0] ", code($_[ARG1]), "\n";
    my $next = $_[HEAP]{$_[ARG3] + 1};
    close $next->{b} if ref $next;
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

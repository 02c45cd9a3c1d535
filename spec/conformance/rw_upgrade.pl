# R268 R270: two peers agree on another filter in the middle of a conversation
use strict; use warnings; use POE qw(Wheel::ReadWrite Filter::Line Filter::Block); use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($a, $b) = pair();
sub peer { my ($name, $handle, %does) = @_; POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(Handle => $handle, InputEvent => "in", ErrorEvent => "error");
    $does{start}->($_[HEAP]{w}) if $does{start};
  },
  in => sub { print "$name in $_[ARG0]\n"; my $do = $does{$_[ARG0]}; $do->($_[HEAP]{w}) if $do },
  error => sub { print "$name ", code($_[ARG1]), "\n"; delete $_[HEAP]{w} },
  end => sub { delete $_[HEAP]{w} },
}) }
sub block { POE::Filter::Block->new }
peer("A", $a,
  start => sub { $_[0]->put("hello", "UPGRADE") },
  OK => sub { $_[0]->set_filter(block()); $_[0]->put("a block\nof two lines") },
  "last" => sub { $_[0]->shutdown_output },
);
peer("B", $b,
  UPGRADE => sub { $_[0]->put("OK"); $_[0]->set_filter(block()) },
  "a block\nof two lines" => sub { $_[0]->put("first"); $_[0]->put("last") },
);
undef $a; undef $b;
POE::Kernel->run;

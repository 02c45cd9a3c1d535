# R279 R280 R282 R283 R284: what each look at a file tells, and where it comes from
use strict; use warnings; use POE qw(Wheel::FollowTail); use File::Temp qw(tempdir);
$| = 1;

my $path = tempdir(CLEANUP => 1) . "/log";
sub put { my ($mode, $text) = @_; open my $f, $mode, $path or die; print $f $text; close $f }
sub from { my $state = $_[CALLER_STATE]; $state =~ s/.*-> //; $state }
my @steps = (
  sub { put(">", "one\ntwo\n") },
  sub { put(">>", "three\n") },
  sub { },
  sub { put(">", "four\n") },
  sub { put(">>", "five\n"); rename $path, "$path.1"; put(">", "six\n") },
  sub { unlink $path },
  sub { },
  sub { put(">", "") },
  sub { put(">>", "seven\n") },
);
POE::Session->create(inline_states => {
  _start => sub { $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02,
    InputEvent => "input", IdleEvent => "idle", ResetEvent => "reset", ErrorEvent => "failed") },
  input => sub { print "in $_[ARG0] ", &from, " ", $_[SENDER] == $_[SESSION] ? "own" : "other", " ", $_[HEAP]{w}->tell, "\n" },
  reset => sub { print "reset ", &from, "\n" },
  failed => sub { print "error $_[ARG0]\n" },
  idle => sub { print "idle ", &from, "\n"; my $step = shift @steps; if ($step) { $step->() } else { delete $_[HEAP]{w} } },
  _stop => sub { print "stop\n" },
});
POE::Kernel->run;

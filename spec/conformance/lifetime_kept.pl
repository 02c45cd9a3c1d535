# R59: what keeps a session: events, timers, children, counts, postbacks
use strict; use warnings; use POE;
$| = 1;

my %live;
sub session {
  my ($name, %states) = @_;
  $live{$name} = 1;
  POE::Session->create(inline_states => { _start => sub { }, %states, _stop => sub { delete $live{$name} } });
}
my $postback;
my $bag = session("counted", _start => sub { $_[KERNEL]->refcount_increment($_[SESSION]->ID, "tag") });
session("posting back", _start => sub { $postback = $_[SESSION]->postback("x") });
session("timed", _start => sub { $_[KERNEL]->delay(x => 0.03) }, x => sub { });
session("parent", _start => sub { session("child", _start => sub { $_[KERNEL]->delay(x => 0.03) }, x => sub { }) });
session("yielding", _start => sub { $_[KERNEL]->yield("next", 1) },
  next => sub { $_[KERNEL]->yield("next", $_[ARG0] + 1) if $_[ARG0] < 3 });
session("aliased", _start => sub { $_[KERNEL]->alias_set("aliased") });
session("nothing");
sub look { print "$_[0]: ", join(", ", sort keys %live), "\n" }
for my $slice (1 .. 4) {
  select undef, undef, undef, 0.05 if $slice == 4; # both timers are due then
  POE::Kernel->run_one_timeslice;
  look("after slice $slice");
}
session("watch",
  _start  => sub { $_[KERNEL]->delay(release => 0.06) },
  release => sub {
    look("later");
    $_[KERNEL]->refcount_decrement($bag->ID, "tag");
    undef $postback;
    $_[KERNEL]->delay(last => 0.02);
  },
  last => sub { look("last") });
POE::Kernel->run;
look("run returned");

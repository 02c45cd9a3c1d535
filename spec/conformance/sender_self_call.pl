# R56: in a call to oneself the sender is oneself, the caller the event that calls
use strict; use warnings; use POE;
$| = 1;

sub show { print "$_[0]: state $_[1], sender ", ($_[2] == $_[3] ? "self" : "other"), ", caller ", (defined $_[4] ? $_[4] : "none"), "\n" }
my $other = POE::Session->create(inline_states => {
  _start => sub { },
  relay  => sub { $_[KERNEL]->call($_[SENDER], "deep", "through another") },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->call($_[SESSION], "deep", "from _start"); $_[KERNEL]->yield("one") },
  one    => sub {
    show("one", @_[STATE, SENDER, SESSION, CALLER_STATE]);
    $_[KERNEL]->call($_[SESSION], "deep", "from one");
    $_[KERNEL]->call($other, "relay");
    show("one again", @_[STATE, SENDER, SESSION, CALLER_STATE]);
    $_[KERNEL]->yield("two");
  },
  deep   => sub { show($_[ARG0], @_[STATE, SENDER, SESSION, CALLER_STATE]) },
  two    => sub { show("two", @_[STATE, SENDER, SESSION, CALLER_STATE]) },
});
$poe_kernel->run;

# R56 R114 R58: SENDER, CALLER_STATE and active event of what is posted in special places
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub seen { my @a = @_; my $e = $poe_kernel->get_active_event;
  print name($a[SESSION]), ":$a[STATE]", (map { defined $_ && !ref $_ ? " $_" : "" } @a[ARG0 .. $#a]), " from ", name($a[SENDER]), " ", (defined $a[CALLER_STATE] ? $a[CALLER_STATE] : "none"), " active $e\n" }
sub all { my ($k, $s, $why) = @_; $k->yield("e", "$why yield"); $k->post("other", "e", "$why post"); $k->delay_add(e => 0.01, "$why delay"); $k->signal("other", "thing", "$why signal"); $k->call("other", "c", "$why call") }
POE::Session->create(heap => "O", inline_states => {
  _start => sub { $_[KERNEL]->alias_set("other"); $_[KERNEL]->sig(thing => "sig", "own") },
  e => \&seen, sig => \&seen, c => sub { seen(@_); $_[KERNEL]->post($_[SENDER], "reply", $_[ARG0]) if $_[SENDER] != $_[KERNEL] },
});
POE::Session->create(heap => "S", inline_states => {
  _start  => sub { seen(@_); all(@_[KERNEL, SESSION], "_start"); $_[KERNEL]->sig(mine => "mine");
    POE::Session->create(heap => "C", inline_states => {
      _start => sub { seen(@_); $_[KERNEL]->delay(x => 0.05); $_[KERNEL]->post($_[SENDER], "e", "from C _start"); "started" },
      _parent => sub { seen(@_); all(@_[KERNEL, SESSION], "_parent") },
      x => \&seen, e => \&seen, reply => \&seen, _stop => sub { seen(@_); $_[KERNEL]->call("other", "c", "C _stop") } });
    $_[KERNEL]->delay(detach => 0.02) },
  detach  => sub { $_[KERNEL]->signal($_[SESSION], "mine"); $_[KERNEL]->detach_child(our $c) },
  mine    => sub { seen(@_); all(@_[KERNEL, SESSION], "signal") },
  _child  => sub { seen(@_); our $c = $_[ARG1]; all(@_[KERNEL, SESSION], "_child $_[ARG0]") },
  e => \&seen, reply => \&seen,
  _stop   => sub { seen(@_) },
});
POE::Kernel->run;

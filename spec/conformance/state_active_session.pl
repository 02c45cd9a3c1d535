# R205: state changes the active session, which in a called handler is the callee
use strict; use warnings; use POE;
$| = 1;

my $add = sub { $_[0]->state(added => sub { print $_[HEAP], ":added by $_[ARG0]\n" }) };
my %states = (
  add      => sub { $add->($_[KERNEL]) },
  _default => sub { print "$_[HEAP] has no $_[ARG0]\n" if $_[ARG0] !~ /^_/; return },
);
my $b = POE::Session->create(heap => "B", inline_states => { %states,
  _start => sub { $_[KERNEL]->refcount_increment($_[SESSION]->ID, "hold") },
  end    => sub { $_[KERNEL]->refcount_decrement($_[SESSION]->ID, "hold") } });
POE::Session->create(heap => "A", inline_states => { %states,
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub {
    $_[KERNEL]->call($b, "added", "nobody");
    $_[KERNEL]->call($b, "add");
    $_[KERNEL]->call($b, "added", "call");
    $_[KERNEL]->call($_[SESSION], "added", "nobody");
    $add->($_[KERNEL]);
    $_[KERNEL]->call($_[SESSION], "added", "itself");
    $_[KERNEL]->post($b, "end");
  } });
POE::Kernel->run;

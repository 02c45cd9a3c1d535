# R195: a dying session's aliases resolve in its _stop and in _child lose, not after
use strict; use warnings; use POE;
$| = 1;

sub look { print "$_[0]: ", (defined $poe_kernel->alias_resolve("kid") ? "resolves" : "gone"), "\n" }
POE::Session->create(inline_states => {
  _start => sub {
    POE::Session->create(inline_states => {
      _start => sub { $_[KERNEL]->alias_set("kid"); $_[KERNEL]->sig(TERM => "term") },
      term   => sub { look("in its TERM handler") },
      ask    => sub { "answer" },
      _stop  => sub { look("in _stop"); print "list: ", join(" ", $_[KERNEL]->alias_list), "\n" },
    });
    $_[KERNEL]->delay(kill => 0.01);
  },
  kill   => sub { $_[KERNEL]->signal("kid", "TERM"); look("signalled") },
  _child => sub {
    return if $_[ARG0] ne "lose";
    look("in _child lose");
    print "call: ", scalar($_[KERNEL]->call("kid", "ask")), "\n";
    $_[KERNEL]->yield("after");
  },
  after => sub {
    look("after");
    print "the name is free: ", ($_[KERNEL]->alias_set("kid") == 0 ? "yes" : "no"), "\n";
  },
});
POE::Kernel->run;

# R209 R56 R154: what a _default handler posts, and what it dies of, tell the event itself
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start   => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->sig(thing => "signal"); $_[KERNEL]->yield("posted", 1); $_[KERNEL]->signal($_[SESSION], "thing", 2); $_[KERNEL]->delay(timer => 0.02) },
  _default => sub { return 0 if $_[ARG0] =~ /^_/;
    print "$_[STATE] $_[ARG0] @{$_[ARG1]}\n"; $_[KERNEL]->yield("seen"); $_[KERNEL]->call($_[SESSION], "seen"); die "$_[ARG0]\n" },
  seen     => sub { print "seen from $_[CALLER_STATE]\n" },
  died     => sub { print "died in $_[ARG1]{event}, posted in ", $_[ARG1]{from_state} || "none", "\n"; $_[KERNEL]->sig_handled },
});
POE::Kernel->run;

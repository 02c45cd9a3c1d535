# R204: sessions made of one table do not share what they change
use strict; use warnings; use POE;
$| = 1;

my $table = {
  _start => sub { $_[KERNEL]->yield($_) for qw(say change say remove say); },
  say    => sub { print "$_[HEAP] says\n" },
  change => sub { $_[KERNEL]->state(say => sub { print "$_[HEAP] sings\n" }) if $_[HEAP] eq "A" },
  remove => sub { $_[KERNEL]->state("say") if $_[HEAP] eq "A" },
  _default => sub { print "$_[HEAP] has no $_[ARG0]\n" if $_[ARG0] !~ /^_/; return },
};
POE::Session->create(heap => $_, inline_states => $table) for qw(A B);
POE::Kernel->run;
POE::Session->create(heap => "C", inline_states => $table);
POE::Kernel->run;

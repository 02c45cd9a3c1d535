# R55 R77 R81: calling the child from _child, calling from _stop
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->alias_set("p"); POE::Session->create(inline_states => { _start => sub {}, name => sub { "child" }, ev => sub { print "lost\n" }, _stop => sub { print "c stop, parent says ", $_[KERNEL]->call("p", "hello"), "\n"; "bye" } }) },
  hello => sub { "hello" }, _child => sub { my $r = $_[KERNEL]->call($_[ARG1], "name"); print "$_[ARG0] $r ", defined $_[ARG2] ? $_[ARG2] : "nil", "\n"; print $_[KERNEL]->post($_[ARG1], "ev") ? "posted\n" : "not posted\n" if $_[ARG0] eq "lose" } });
POE::Kernel->run;

# R235 R236 R237 R240: stop ends everybody at once
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = "P"; POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = "C"; $_[KERNEL]->delay(z => 9) }, _stop => sub { print "C stop\n" } }); $_[KERNEL]->yield("go"); $_[KERNEL]->yield("gone") }, go => sub { my $k = $_[KERNEL]; print "go\n"; my $id = $_[SESSION]->ID; $k->stop; print "after stop, kernel active: ", ($k->get_active_session == $k ? 1 : 0), "\n"; print $k->post($id, "x") ? "?\n" : "post fails\n"; POE::Session->create(inline_states => { _start => sub { print "N start\n"; $_[KERNEL]->yield("n") }, n => sub { print "N n\n" }, _stop => sub { print "N stop\n" } }) }, gone => sub { print "gone?\n" }, _child => sub { print "P $_[ARG0] ", $_[ARG1]->get_heap->{n}, "\n" }, _stop => sub { print "P stop ", ($_[SENDER] == $_[SESSION] ? "by itself" : "?"), "\n" } });
POE::Kernel->run; print "done\n";

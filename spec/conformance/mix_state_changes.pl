# R204 R205 R207 R208 R209 R133: states that change while they run, are queued, or are watched with
use strict; use warnings; use POE;
$| = 1;

my $other = POE::Session->create(heap => "O", inline_states => {
  _start => sub { $_[KERNEL]->alias_set("o"); $_[KERNEL]->delay(end => 0.1) },
  learn  => sub { my ($what) = $_[ARG0]; $_[KERNEL]->state($what, sub { print "O learnt $what\n" }) },
  forget => sub { $_[KERNEL]->state($_[ARG0]) },
  end    => sub { print "O end\n" },
  _stop  => sub { print "O old stop\n" },
});
POE::Session->create(heap => "S", inline_states => {
  _start => sub { my $k = $_[KERNEL]; $k->state(_start => sub { print "start again\n" }); $k->sig(thing => "told"); $k->yield($_) for "self", "self", "_start", "gone", "late", "step"; $k->state("gone") },
  self   => sub { print "self once\n"; $_[KERNEL]->state(self => sub { print "self twice\n"; $_[KERNEL]->state("self") }); print "still here\n"; $_[KERNEL]->call($_[SESSION], "self"); $_[KERNEL]->yield("self") },
  gone   => sub { print "gone?\n" },
  told   => sub { print "told old\n" },
  step   => sub { my ($k, $s) = @_[KERNEL, SESSION];
    $k->state(late => sub { print "late now\n" });
    $k->state(_default => sub { return 0 if $_[ARG0] =~ /^_[sp]/; print "default $_[ARG0] ", scalar @{$_[ARG1]}, "\n"; "by default" });
    $k->yield("late"); $k->yield("unknown", 1, 2);
    print "call unknown: ", $k->call($s, "unknown2"), "\n";
    $k->signal($s, "thing", "x"); $k->state("told");
    $k->call("o", "learn", "trick"); $k->call("o", "trick"); $k->post("o", "trick"); $k->post("o", "forget", "trick"); $k->post("o", "trick");
    $k->call("o", "learn", "_stop");
    $k->state(_child => sub { print "S child $_[ARG0]\n"; $_[KERNEL]->state("_child") });
    POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(x => 0.02) }, x => sub { } });
    $k->delay(done => 0.05) },
  done   => sub { print "done\n"; $_[KERNEL]->state("_default"); $_[KERNEL]->yield("unknown3"); $_[KERNEL]->state(_stop => sub { print "new stop\n" }) },
  _stop  => sub { print "old stop\n" },
});
POE::Kernel->run;

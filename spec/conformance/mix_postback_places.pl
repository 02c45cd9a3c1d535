# R56 R215 R217 R218 R220 R221: postbacks and callbacks called from everywhere
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my ($post, $back);
sub use_both { my ($where) = @_; $post->("$where p") if $post; my $r = $back ? $back->("$where c") : "gone"; print "$where got ", (defined $r ? $r : "nil"), "\n" }
POE::Session->create(heap => "S", inline_states => {
  _start => sub { $post = $_[SESSION]->postback("heard", "made"); $back = $_[SESSION]->callback("asked", "made") },
  heard  => sub { print "heard $_[ARG1][0] from ", name($_[SENDER]), " ", (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "none"), "\n" },
  asked  => sub { print "asked $_[ARG1][0] from ", name($_[SENDER]), " ", (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "none"), "\n"; push @{$_[ARG0]}, "x"; "answer " . @{$_[ARG0]} },
  _stop  => sub { print "S stop\n" },
});
use_both("program");
POE::Session->create(heap => "U", inline_states => {
  _start  => sub { use_both("_start"); $_[KERNEL]->sig(thing => "signal"); $_[KERNEL]->delay(timer => 0.02); $_[KERNEL]->yield("go");
    POE::Session->create(heap => "C", inline_states => { _start => sub { $_[KERNEL]->delay(x => 0.05) }, x => sub { }, _parent => sub { use_both("_parent") }, _stop => sub { use_both("C _stop") } }) },
  go      => sub { use_both("go"); $_[KERNEL]->signal($_[SESSION], "thing"); },
  signal  => sub { use_both("signal") },
  timer   => sub { use_both("timer"); $_[KERNEL]->yield("nothing") },
  _default => sub { use_both("_default") if $_[ARG0] !~ /^_/; 0 },
  _child  => sub { use_both("_child $_[ARG0]"); $_[KERNEL]->delay(last => 0.02) if $_[ARG0] eq "lose" },
  last    => sub { undef $post; print "postback let go\n"; $_[KERNEL]->delay(end => 0.02) },
  end     => sub { print "end\n"; undef $back; },
  _stop   => sub { print "U stop\n" },
});
POE::Kernel->run;

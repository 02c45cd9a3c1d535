# R199 R201: counts per tag; below zero they protect nobody until they reach one
use strict; use warnings; use POE;
$| = 1;

my $kernel = $poe_kernel;
my $id = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->refcount_increment($_[SESSION]->ID, "keep") }, _stop => sub { print "A:_stop\n" } })->ID;
my @steps = (
  [ "+", "one" ], [ "+", "one" ], [ "+", "two" ], [ "-", "one" ], [ "-", "two" ], [ "-", "one" ],
  [ "-", "below" ], [ "-", "below" ], [ "+", "below" ], [ "+", "below" ], [ "-", "keep" ],
);
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(step => 0.005) },
  step   => sub {
    my $step = shift @steps or return;
    my ($sign, $tag) = @$step;
    my $count = $sign eq "+" ? $kernel->refcount_increment($id, $tag) : $kernel->refcount_decrement($id, $tag);
    print "$sign $tag: $count\n";
    $_[KERNEL]->delay(step => 0.005);
  },
});
my $negative = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->refcount_decrement($_[SESSION]->ID, "n"); $_[KERNEL]->delay(last => 0.5) },
  last   => sub { print "N back to ", $_[KERNEL]->refcount_increment($_[SESSION]->ID, "n"), "\n" },
  _stop  => sub { print "N:_stop\n" },
});
$kernel->run;

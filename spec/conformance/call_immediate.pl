# R43 R44: call runs at once, ahead of the queue, and hands back the results
use strict; use warnings; use POE;
$| = 1;

my $a = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->alias_set("a") },
  queued => sub { print "A:queued\n" },
  sync   => sub { print "A:sync $_[ARG0]\n"; $_[KERNEL]->yield("after"); "done $_[ARG0]" },
  after  => sub { print "A:after\n" },
  list   => sub { return @_[ARG0 .. $#_] },
  none   => sub { return },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->post($a, "queued"); $_[KERNEL]->yield("t1"); $_[KERNEL]->yield("t2") },
  t1     => sub {
    my $kernel = $_[KERNEL];
    print "B:t1 begins\n";
    my $r = $kernel->call($a, "sync", "one");
    print "B:t1 got $r\n";
    $r = $kernel->call("a", "sync", "two");
    print "B:t1 got $r\n";
    $r = $kernel->call($a->ID, "sync", "three");
    print "B:t1 got $r\n";
    my @list = $kernel->call($a, "list", 4, 5, 6);
    print scalar(@list), " results: @list\n";
    my @none = $kernel->call($a, "none");
    print scalar(@none), " results\n";
    print "B:t1 ends\n";
  },
  t2 => sub { print "B:t2\n" },
});
$poe_kernel->run;

# R39: _start, _stop, _child and _parent can be posted and called as ordinary events
use strict; use warnings; use POE;
$| = 1;

my $a = POE::Session->create(inline_states => {
  _start => sub {
    print "A:_start", (@_ > ARG0 ? " $_[ARG0]" : ""), "\n";
    return if $_[HEAP]{started}++;
    $_[KERNEL]->yield("_start", "again");
    $_[KERNEL]->delay(end => 0.03);
  },
  _parent => sub { print "A:_parent $_[ARG0] $_[ARG1]\n" },
  _child  => sub { print "A:_child $_[ARG0] $_[ARG1] $_[ARG2]\n" },
  _stop   => sub { print "A:_stop", (@_ > ARG0 ? " $_[ARG0]" : ""), "\n"; "value of _stop" },
  end     => sub { print "A:end\n" },
});
POE::Session->create(inline_states => {
  _start => sub {
    $_[KERNEL]->post($a, "_parent", "one", "two");
    $_[KERNEL]->post($a, "_child", "gain", 2, 3);
    $_[KERNEL]->post($a, "_stop", "posted");
    print "call returned ", scalar($_[KERNEL]->call($a, "_stop", "called")), "\n";
  },
});
$poe_kernel->run;

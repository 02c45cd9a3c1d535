# R38: an event nobody handles is dropped, but kept both sessions alive until then
use strict; use warnings; use POE;
$| = 1;

my $target = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(first => 0.01) },
  first  => sub { print "target:first\n"; $_[KERNEL]->yield("unknown") },
  _stop  => sub { print "target:_stop\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(tell => 0.03) },
  tell   => sub {
    print "sender:tell\n";
    $_[HEAP]{other} = POE::Session->create(inline_states => {
      _start => sub { },
      _stop  => sub { print "other:_stop\n" },
    });
    $_[KERNEL]->delay(again => 0.02);
    $_[KERNEL]->refcount_increment($_[HEAP]{other}->ID, "test");
  },
  again => sub {
    $_[KERNEL]->post($_[HEAP]{other}, "unknown", 1, 2, 3);
    $_[KERNEL]->refcount_decrement($_[HEAP]{other}->ID, "test");
    print "sender:again\n";
  },
  _child => sub { print "sender:_child $_[ARG0]\n" },
  _stop  => sub { print "sender:_stop\n" },
});
$poe_kernel->run;

# R56 R220: a postback's sender is the session that calls it, the kernel outside
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
my ($postback, $callback);
POE::Session->create(heap => "A", inline_states => {
  _start => sub {
    $postback = $_[SESSION]->postback("posted", "created in _start");
    $callback = $_[SESSION]->callback("called", "created in _start");
    $_[KERNEL]->delay(own => 0.02);
  },
  own    => sub { $callback->("own"); $postback->("own"); undef $postback; undef $callback },
  map { $_ => sub {
    print "A:$_[STATE] by $_[ARG1][0], $_[ARG0][0]: sender ", name($_[SENDER]),
      ", caller ", (defined $_[CALLER_STATE] ? $_[CALLER_STATE] : "none"), "\n";
  } } qw(posted called),
});
POE::Session->create(heap => "B", inline_states => {
  _start => sub { $_[KERNEL]->delay(use => 0.01) },
  use    => sub { $postback->("B"); $callback->("B") },
});
$postback->("main");
$callback->("main");
$poe_kernel->run;

# R78: what a session sent is dropped with it when it is forced to stop
use strict; use warnings; use POE;
$| = 1;

my $v = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(end => 0.4) },
  e      => sub { print "V:e $_[ARG0]\n" },
  end    => sub { print "V:end\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(go => 0.1) },
  go     => sub {
    print "S:go\n";
    $_[KERNEL]->post($v, "e", "from S, before");
    $_[KERNEL]->signal($_[SESSION], "TERM");
    $_[KERNEL]->post($v, "e", "from S, after");
    $_[KERNEL]->call($v, "e", "called by S");
  },
  _stop => sub { print "S:_stop\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(go => 0.2) },
  go     => sub { print "W:go\n"; $_[KERNEL]->post($v, "e", "from W") },
  _stop  => sub { print "W:_stop\n" },
});
POE::Kernel->run;

# R83: after TERM to oneself: the handler ends, what was queued before is delivered
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub {
    POE::Session->create(inline_states => {
      _start => sub { $_[KERNEL]->yield("a") },
      a      => sub {
        print "a begins\n";
        $_[KERNEL]->yield("b");
        $_[KERNEL]->delay(timer => 0.01);
        $_[KERNEL]->alarm(past => 1);
        $_[KERNEL]->signal($_[SESSION], "TERM");
        $_[KERNEL]->yield("c");
        print "a ends\n";
      },
      map({ my $event = $_; $event => sub { print "$event\n"; $_[KERNEL]->yield("d") } } qw(b c d timer past)),
      _stop => sub { print "_stop\n"; "stopped" },
    });
    $_[KERNEL]->delay(late => 0.03);
  },
  _child => sub { print "P:_child $_[ARG0], value $_[ARG2]\n" if $_[ARG0] eq "lose" },
  late   => sub { print "P:late\n" },
});
POE::Kernel->run;

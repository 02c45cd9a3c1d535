# R56: what _start, _child, _parent and _stop see
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub seen {
  my ($what, $sender, $caller, $kernel) = @_;
  print "$what: sender ", name($sender), ", caller ", (defined $caller ? $caller : "none"),
    ", active ", name($kernel->get_active_session), " ", $kernel->get_active_event, "\n";
}
sub session {
  my ($name, %states) = @_;
  POE::Session->create(heap => $name, inline_states => { %states, map {
    my $event = $_;
    my $own = $states{$event};
    $event => sub {
      seen("$name:$event" . ($event eq "_child" ? " $_[ARG0]" : ""), @_[SENDER, CALLER_STATE, KERNEL]);
      goto &$own if $own;
    };
  } qw(_start _child _parent _stop) });
}
session("P",
  _start => sub { $_[KERNEL]->yield("make") },
  make   => sub { session("C"); session("D", _start => sub { $_[KERNEL]->delay(leave => 0.02) },
    leave => sub { $_[KERNEL]->detach_myself; $_[KERNEL]->delay(end => 0.02) },
    end   => sub { $_[KERNEL]->stop; print "stop returned\n" }) },
);
$poe_kernel->run;

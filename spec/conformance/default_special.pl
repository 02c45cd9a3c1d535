# R210: _default also gets _child, _parent, _stop and signals that have no handler
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(heap => "P", inline_states => {
  _start => sub {
    print "P:_start\n";
    $_[KERNEL]->sig(foo => "no_such_handler", "own");
    POE::Session->create(heap => "C", inline_states => {
      _start   => sub { print "C:_start\n"; $_[KERNEL]->yield("leave"); return "ready" },
      leave    => sub { $_[KERNEL]->detach_myself },
      _default => sub { print "C:_default $_[ARG0], ", scalar @{$_[ARG1]}, " args\n"; return "C's value" },
    });
    POE::Session->create(heap => "D", inline_states => { _start => sub { return }, _stop => sub { "D's value" } });
    $_[KERNEL]->signal($_[SESSION], "foo", "sent");
  },
  _default => sub {
    my ($event, $args) = @_[ARG0, ARG1];
    print "P:_default $event: ", join(" ", map { !defined $_ ? "nil" : ref $_ ? $_->get_heap : $_ } @$args), "\n";
    return;
  },
});
POE::Kernel->run;

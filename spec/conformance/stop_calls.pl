# R77 R79: _stop may call others; its own value reaches the parent
use strict; use warnings; use POE;
$| = 1;

my $other = POE::Session->create(heap => "other", inline_states => {
  _start => sub { $_[KERNEL]->delay(end => 0.03) },
  ask    => sub { print "other:ask from ", $_[SENDER]->get_heap, " in $_[CALLER_STATE]\n"; "answer" },
  end    => sub { print "other:end\n" },
});
my $record = { text => "a table" };
my @values = ("text", 42, $record, undef);
POE::Session->create(heap => "P", inline_states => {
  _start => sub { $_[KERNEL]->yield("next") },
  next   => sub {
    return if !@values;
    my $value = shift @values;
    POE::Session->create(heap => "C", inline_states => {
      _start => sub { },
      _stop  => sub {
        print "C:_stop got ", scalar($_[KERNEL]->call($other, "ask")), "\n";
        print "a self-call gives ", scalar($_[KERNEL]->call($_[SESSION], "own")), "\n";
        return $value;
      },
      own => sub { "own value" },
    });
  },
  _child => sub {
    return if $_[ARG0] ne "lose";
    my $value = $_[ARG2];
    print "P:_child lose: ", (!defined $value ? "nil" : ref $value ? "the same table: " . ($value == $record ? "yes" : "no") : $value), "\n";
    $_[KERNEL]->yield("next");
  },
});
POE::Kernel->run;

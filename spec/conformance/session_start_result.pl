# R5: what _start returns reaches the parent
use strict; use warnings; use POE;
$| = 1;

my $table = { word => "shared" };
my @values = (17, "text", $table, undef);
POE::Session->create(inline_states => {
  _start => sub {
    for my $value (@values) {
      POE::Session->create(inline_states => { _start => sub { return $value }, _stop => sub { } });
    }
    POE::Session->create(inline_states => { _start => sub { return }, _stop => sub { } });
  },
  _child => sub {
    my ($reason, $result) = @_[ARG0, ARG2];
    return if $reason ne "create";
    my $text = !defined $result ? "nothing" : ref $result ? "table, the same: " . ($result == $table ? "yes" : "no") : $result;
    print "create $text\n";
  },
});
POE::Kernel->run;

# R215 R216: a postback brings its own arguments and the call's, fresh each time
use strict; use warnings; use POE;
$| = 1;

my $postback;
POE::Session->create(inline_states => {
  _start => sub { $postback = $_[SESSION]->postback("e", "made", 1); $_[KERNEL]->yield("go") },
  go     => sub {
    for my $n (1 .. 3) {
      my $value = $postback->("called", $n, undef);
      print "call $n\n";
    }
    $postback->();
    $_[KERNEL]->yield("last");
  },
  e => sub {
    my ($made, $called) = @_[ARG0, ARG1];
    print "e: @$made | ", join(" ", map { defined $_ ? $_ : "nil" } @$called), " | ", scalar @$made, " and ", scalar @$called, "\n";
    push @$made, "spoiled";
    $made->[0] = "spoiled";
  },
  last  => sub { print "last\n"; undef $postback },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

# R12 R13: args are spread; the heap is any value
use strict; use warnings; use POE;
$| = 1;

sub show { join " ", map { defined $_ ? $_ : "nil" } @_ }
POE::Session->create(args => [1, "two", undef, "four"], inline_states => {
  _start => sub { print scalar(@_) - ARG0, " args: ", show(@_[ARG0 .. $#_]), "\n" },
});
POE::Session->create(inline_states => { _start => sub { print scalar(@_) - ARG0, " args\n" } });
POE::Session->create(args => [], inline_states => { _start => sub { print scalar(@_) - ARG0, " args\n" } });
my $list = [ "a", "b" ];
POE::Session->create(args => [$list], inline_states => {
  _start => sub { print "the same list: ", ($_[ARG0] == $list ? "yes" : "no"), "\n" },
});

my $heap = { n => 1 };
for my $given ($heap, "text", 42, 0) {
  my $session = POE::Session->create(heap => $given, inline_states => {
    _start => sub {
      print "heap is ", (ref $_[HEAP] ? "a table" : $_[HEAP]), ", the one given: ", ($_[HEAP] eq $given ? "yes" : "no"), "\n";
    },
  });
  print "get_heap gives it: ", ($session->get_heap eq $given ? "yes" : "no"), "\n";
}
my @fresh;
for (1, 2) {
  push @fresh, POE::Session->create(inline_states => {
    _start => sub { print "fresh heap, empty: ", (%{ $_[HEAP] } ? "no" : "yes"), "\n"; $_[HEAP]{mark} = 1 },
  });
}
print "each its own: ", ($fresh[0]->get_heap == $fresh[1]->get_heap ? "no" : "yes"), "\n";
print "kept: ", $fresh[0]->get_heap->{mark}, "\n";
POE::Kernel->run;

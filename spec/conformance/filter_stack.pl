# R341 R344: a stack of filters
use strict; use warnings; use POE; use POE::Filter::Stackable; use POE::Filter::Line; use POE::Filter::Grep; use POE::Filter::Map; use POE::Filter::RecordBlock;
$| = 1;

sub show { my $list = shift; $list ? "(" . join(" ", map { ref() ? show($_) : s/\r\n/CRLF/r } @$list) . ")" : "none" }
my $stack = POE::Filter::Stackable->new(Filters => [
  POE::Filter::Line->new,
  POE::Filter::Grep->new(Get => sub { $_[0] ne "x" }, Put => sub { 1 }),
  POE::Filter::Map->new(Get => sub { uc $_[0] }, Put => sub { lc $_[0] }),
]);
print show($stack->get(["a\nx\nb\n", "c"])), show($stack->get(["d\nx\n"])), show($stack->put(["P", "Q"])), "\n";
print $stack->push(POE::Filter::RecordBlock->new(BlockSize => 2)), " ", join(" ", map { s/.*:://r } $stack->filter_types), "\n";
print show($stack->get(["a\nb\nc\n"])), show($stack->put([["A", "B"], ["C"]])), "\n";
my $clone = $stack->clone;
print show($stack->get(["d\n"])), show($clone->get(["d\n"])), show($clone->get(["e\n"])), "\n";
print ref($clone->pop) =~ s/.*:://r, " ", ref($clone->shift) =~ s/.*:://r, " ", scalar(my @left = $clone->filters), " ", scalar(my @all = $stack->filters), "\n";
print $clone->unshift(POE::Filter::Line->new(Literal => "|"), POE::Filter::Map->new(Code => sub { $_[0] })), " ", join(" ", map { s/.*:://r } $clone->filter_types), "\n";
print show($clone->get(["a|x|b|"])), show($clone->put(["Z"])), "\n";
$clone->get_one_start(["a|x|b|c"]); print show($clone->get_one), show($clone->get_one), show($clone->get_one), "\n";
print eval { $clone->push(5); 1 } ? "fine" : "died", " ", eval { POE::Filter::Stackable->new(Filters => 5); 1 } ? "fine" : "died", "\n";
my $empty = POE::Filter::Stackable->new; print show($empty->put(["a"])), " ", eval { $empty->get(["a"]); 1 } ? "fine" : "died", "\n";

# R334 R335 R336 R344: blocks
use strict; use warnings; use POE; use POE::Filter::Block;
$| = 1;

sub show { my $list = shift; return "none" unless $list; join " ", map { "<" . s/\0/NUL/gr . ">" } @$list }
sub feed { my ($name, $filter, @chunks) = @_; print "$name:"; print " ", show($filter->get([$_])), ";" for @chunks; print " left ", show($filter->get_pending), "\n" }
feed("variable", POE::Filter::Block->new, "3\0abc0\0", "1", "2\0hello ", "world!", "5\0", "a\0b\0c2");
feed("strange", POE::Filter::Block->new, "junk", "2\0ab");
feed("fixed", POE::Filter::Block->new(BlockSize => 3), "abcdefg", "h", "ijk");
feed("codec", POE::Filter::Block->new(LengthCodec => [
  sub { my $r = shift; $$r = chr(length $$r) . $$r; return },
  sub { my $r = shift; return unless length $$r; my $n = ord $$r; substr($$r, 0, 1) = ""; return $n } ]), "\3abc\1", "x\2y");
print "put: ", show(POE::Filter::Block->new->put(["abc", "", "x"])), "\n";
print "put: ", show(POE::Filter::Block->new(BlockSize => 3)->put(["abc", "d"])), "\n";
my $one = POE::Filter::Block->new(MaxLength => 5, MaxBuffer => 12);
$one->get_one_start(["1\0a", "2\0bc"]); print show($one->get_one), " ", show($one->get_pending), " ", show($one->get_one), " ", show($one->get_one), " ", show($one->get_pending), "\n";
$one->get(["4\0x"]); my $clone = $one->clone; print show($one->get(["yzw"])), "\n";
$clone = $one->clone; print show($clone->get_pending), " ", show($clone->get(["5\0abcde"])), "\n";
print "too long: ", eval { $clone->get(["6\0a"]); 1 } ? "fine" : "died", "\n";
$clone = $one->clone; print "too much: ", eval { $clone->get(["1\0a1\0a1\0a1\0a1"]); 1 } ? "fine" : "died", "\n";
for my $params ([BlockSize => 0], [BlockSize => -1], [BlockSize => 1, LengthCodec => []], [BlockSize => 1, MaxLength => 1], [LengthCodec => 5], [MaxLength => 10, MaxBuffer => 5], [MaxLength => 0], [MaxLength => "x"], [BlockSize => 5]) {
  print "@$params[0]: ", eval { POE::Filter::Block->new(@$params); 1 } ? "fine" : "died", "\n";
}

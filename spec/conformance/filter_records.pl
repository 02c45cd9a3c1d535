# R338 R339 R344: RecordBlock, Grep and Map
use strict; use warnings; use POE; use POE::Filter::RecordBlock; use POE::Filter::Grep; use POE::Filter::Map;
$| = 1;

sub show { my $list = shift; $list ? "(" . join(" ", map { ref() ? show($_) : $_ } @$list) . ")" : "none" }
my $block = POE::Filter::RecordBlock->new(BlockSize => 2);
print show($block->get([1, 2, 3])), show($block->get_pending), show($block->get([4])), show($block->get_pending), "\n";
print show($block->put([[1, 2], [3]])), show($block->put_pending), "\n";
my $checked = POE::Filter::RecordBlock->new(BlockSize => 2, CheckPut => 1);
print show($checked->put([[1, 2, 3]])), show($checked->put_pending), show($checked->put([[4], [5]])), show($checked->put_pending), "\n";
my $clone = $checked->clone; print show($clone->put_pending), show($clone->put([[1]])), $clone->blocksize, "\n";
$checked->checkput(0); print show($checked->put_pending), show($checked->put([[6]])), "\n";
print $block->blocksize(3), show($block->get([1, 2])), show($block->get([3, 4])), "\n";
my $grep = POE::Filter::Grep->new(Code => sub { $_[0] % 2 });
print show($grep->get([1, 2, 3, 4])), show($grep->put([1, 2, 3, 4])), "\n";
$grep = POE::Filter::Grep->new(Get => sub { $_[0] > 2 }, Put => sub { $_[0] < 2 });
print show($grep->get([1, 2, 3, 4])), show($grep->put([1, 2, 3, 4])), "\n";
$grep->modify(Put => sub { 1 }); print show($grep->put([1, 2, 3, 4])), show($grep->get([1, 2, 3, 4])), "\n";
$grep->get_one_start([1, 2, 3, 4]); print show($grep->get_one), show($grep->get_pending), show($grep->clone->get_pending), "\n";
my $map = POE::Filter::Map->new(Code => sub { $_[0] * 2 });
print show($map->get([1, 2])), show($map->put([1, 2])), "\n";
$map = POE::Filter::Map->new(Get => sub { $_[0] + 1 }, Put => sub { $_[0] - 1 });
print show($map->get([1, 2])), show($map->put([1, 2])), "\n";
$map->modify(Code => sub { -$_[0] }); print show($map->get([1, 2])), show($map->put([1, 2])), "\n";
$map->get_one_start([1, 2]); print show($map->get_one), show($map->get_pending), show($map->clone->get_pending), show($map->get_one), show($map->get_one), "\n";

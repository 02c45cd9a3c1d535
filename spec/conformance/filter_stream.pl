# R337 R344: a stream merges what it is given
use strict; use warnings; use POE; use POE::Filter::Stream;
$| = 1;

sub show { my $list = shift; $list ? join " ", map { "<$_>" } @$list : "none" }
my $stream = POE::Filter::Stream->new;
print show($stream->get(["a", "b"])), "; ", show($stream->get_pending), "; ", show($stream->get([])), "\n";
$stream->get_one_start(["c"]); $stream->get_one_start(["d", "e"]);
my $clone = $stream->clone;
print show($stream->get_pending), "; ", show($stream->get_one), "; ", show($stream->get_one), "; ", show($stream->get_pending), "\n";
print show($clone->get_pending), "; ", show($clone->get(["f"])), "\n";
print show($stream->put(["a", "", "b"])), "\n";

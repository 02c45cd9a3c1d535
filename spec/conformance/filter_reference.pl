# R343 R344: values of a serializer of one's own, framed; errors as records
use strict; use warnings; use POE; use POE::Filter::Reference;
$| = 1;

{ package Comma; sub new { bless {} } sub freeze { join ",", @{ $_[1] } } sub thaw { $_[1] =~ /!/ ? die "bad: $_[1]\n" : [ split /,/, $_[1] ] } }
sub show { my $list = shift; $list ? join " ", map { ref() ? "[@$_]" : "<" . s/\0/NUL/gr =~ s/^\w+: Reference: //r =~ s/\n//r . ">" } @$list : "none" }
my $filter = POE::Filter::Reference->new(Serializer => Comma->new);
print show($filter->put([[1, 2], ["abc"]])), "\n";
print show($filter->get(["3\0001,23", "\0a,b1"])), "; ", show($filter->get_pending), "; ", show($filter->clone->get_pending), "; ", show($filter->get(["\0x"])), "\n";
print show($filter->get($filter->put([[5, 6, 7], ["x"]]))), "\n";
print eval { $filter->clone->get(["1\0!"]); 1 } ? "fine" : "died", "\n";
my $gentle = POE::Filter::Reference->new(Serializer => Comma->new, NoFatals => 1);
print show($gentle->get(["1\000a1\0!1\0b"])), "\n";

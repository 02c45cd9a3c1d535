# R330 R332 R333 R334 R344: lines
use strict; use warnings; use POE; use POE::Filter::Line;
$| = 1;

sub show { my $list = shift; return "none" unless $list; join " ", map { s/\r/CR/gr =~ s/\n/LF/gr =~ s/^/</r =~ s/$/>/r } @$list }
sub feed { my ($name, $filter, @chunks) = @_; print "$name:"; print " ", show($filter->get([$_])), ";" for @chunks; print " left ", show($filter->get_pending), "\n" }
feed("default", POE::Filter::Line->new, "a\nb\r\nc\rd\n\re\n\nf");
feed("cut", POE::Filter::Line->new, "a", "b\nc", "\n", "d", "");
feed("literal", POE::Filter::Line->new(Literal => "<>"), "a<>b<", ">c><>", "d");
feed("input literal", POE::Filter::Line->new(InputLiteral => "|"), "a|b\n|c");
feed("regexp", POE::Filter::Line->new(InputRegexp => "[;,]"), "a;b,,c");
feed("detects CR LF", POE::Filter::Line->new(InputLiteral => undef), "a\r\nb\nc\r\nd");
feed("detects LF", POE::Filter::Line->new(InputLiteral => ""), "a\nb\r\nc");
feed("detects CR LF that is cut", POE::Filter::Line->new(InputLiteral => undef), "a\r", "\nb\rc\r\nd");
feed("detects CR", POE::Filter::Line->new(InputLiteral => undef), "a\r", "b\nc\rd");
print "put: ", show(POE::Filter::Line->new->put(["a", "", "b\n", "c\r\n"])), "\n";
print "put: ", show(POE::Filter::Line->new(Literal => "|")->put(["a", "b|"])), "\n";
print "put: ", show(POE::Filter::Line->new(InputLiteral => "|")->put(["a"])), "\n";
print "put: ", show(POE::Filter::Line->new(InputLiteral => "|", OutputLiteral => "!")->put(["a"])), "\n";
my $one = POE::Filter::Line->new(Literal => "|", MaxLength => 3, MaxBuffer => 9);
$one->get_one_start(["a|b", "|cc"]); print show($one->get_one), " ", show($one->get_pending), " ", show($one->get_one), " ", show($one->get_one), "\n";
my $clone = $one->clone; print show($clone->get_pending), " ", show($clone->get(["dd|"])), " ", show($one->get_pending), "\n";
print "too long: ", eval { $clone->get(["abcd|"]); 1 } ? "fine" : "died", "\n";
$clone = $one->clone; print "too much: ", eval { $clone->get(["a|b|c|d|e|"]); 1 } ? "fine" : "died", "\n";
$clone = $one->clone; print "just so: ", show($clone->get(["abc|abc|a"])), "\n";

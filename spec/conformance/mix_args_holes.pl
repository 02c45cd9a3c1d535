# R24 R12 R100 R107 R119 R209 R215: arguments that are undefined keep their places everywhere
use strict; use warnings; use POE;
$| = 1;

sub show { join ",", map { !defined $_ ? "nil" : ref $_ eq "ARRAY" ? "[" . show(@$_) . "]" : ref $_ ? "?" : $_ } @_ }
my $seen = sub { print "$_[STATE]: ", show(@_[ARG0 .. $#_]), "\n" };
my @r = (undef, 1, undef);
POE::Session->create(args => [undef, "a", undef], inline_states => {
  _start => sub { print "_start: ", show(@_[ARG0 .. $#_]), "\n"; my ($k, $s) = @_[KERNEL, SESSION];
    $k->yield("posted", @r); $k->yield("none"); $k->yield("one", undef);
    $k->call($s, "called", @r, undef);
    $k->delay(timed => 0.01, undef, undef, 3, undef); my $id = $k->delay_set(other => 0.02, undef, 2, undef);
    my @gone = $k->alarm_remove($id); print "removed: ", show($gone[0], $gone[2]), "\n";
    $k->delay_add(all => 60, undef, "x", undef); $k->delay_add(all => 61);
    $k->sig(thing => "signal", undef, "own", undef); $k->signal($s, "thing", undef, "sent", undef);
    my $back = $s->postback("back", undef, "made", undef); $back->(undef, "used"); $back->();
    $k->yield("unknown", @r); $k->yield("unknown2"); print "call: ", show($k->call($s, "many")), "\n"; $k->delay(last => 0.03) },
  posted => $seen, none => $seen, one => $seen, called => $seen, timed => $seen, other => $seen, signal => $seen, back => $seen,
  many   => sub { (undef, 2, undef) },
  _default => sub { print "_default: ", show(@_[ARG0 .. $#_]), "\n" if $_[ARG0] !~ /^_/; 0 },
  last   => sub { my @all = $_[KERNEL]->alarm_remove_all; print "all: ", show(map { [$_->[0], @$_[2 .. $#$_]] } @all), "\n" },
});
POE::Kernel->run;

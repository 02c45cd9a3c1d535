# R279: where the reading begins
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
sub add { open my $f, ">>", $path or die; print $f @_ }
add("old1\nold2\n");
my %lines;
my @ways = (["plain"], ["seek 0", Seek => 0], ["seek 5", Seek => 5], ["seek 1000", Seek => 1000], ["seek_back 0", SeekBack => 0], ["seek_back 5", SeekBack => 5], ["seek_back 1000", SeekBack => 1000]);
for my $way (@ways) {
  my ($name, @args) = @$way;
  POE::Session->create(inline_states => {
    _start => sub { $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02, InputEvent => "in", @args) },
    in => sub { $lines{$name} .= " $_[ARG0]"; delete $_[HEAP]{w} if $_[ARG0] eq "new" },
  });
}
POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(more => 0.1) }, more => sub { add("new\n") } });
POE::Kernel->run;
print "$_->[0]:$lines{$_->[0]}\n" for @ways;
unlink $path;

# R282: a truncated file: reset, then what is written, from its start
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
sub write_file { my $mode = shift; open my $f, $mode, $path or die; print $f @_ }
POE::Session->create(inline_states => {
  _start => sub {
    write_file(">", "a long old line\n");
    $_[HEAP]{w} = POE::Wheel::FollowTail->new(Filename => $path, PollInterval => 0.02, InputEvent => "in", ResetEvent => "reset");
    $_[KERNEL]->delay(cut => 0.05);
  },
  cut => sub { print "cut\n"; write_file(">") },
  reset => sub {
    print "reset\n";
    $_[KERNEL]->delay(after => 0.05) unless $_[HEAP]{n}++;
  },
  after => sub { write_file(">>", "after\n") },
  in => sub {
    print "in $_[ARG0]\n";
    if ($_[ARG0] eq "after") { $_[KERNEL]->delay(again => 0.05) } else { delete $_[HEAP]{w} }
  },
  again => sub { print "again\n"; write_file(">", "b\n") },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

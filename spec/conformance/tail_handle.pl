# R285: following a handle: what comes, truncation, what comes then
use strict; use warnings; use POE qw(Wheel::FollowTail); use Socket;
$| = 1;
alarm 3; # the guard

my $path = "/tmp/poe-conformance-$$";
sub write_file { my $mode = shift; open my $f, $mode, $path or die; print $f @_ }
POE::Session->create(inline_states => {
  _start => sub {
    write_file(">", "a long old line\n");
    open my $handle, "<", $path or die;
    $_[HEAP]{w} = POE::Wheel::FollowTail->new(Handle => $handle, PollInterval => 0.02, InputEvent => "in", ResetEvent => "reset", ErrorEvent => "error");
    $_[KERNEL]->delay(more => 0.05);
  },
  more => sub { write_file(">>", "more\n") },
  reset => sub { print "reset\n"; $_[KERNEL]->delay(after => 0.05) },
  after => sub { write_file(">>", "after\n") },
  in => sub {
    print "in $_[ARG0]\n";
    if ($_[ARG0] eq "more") { write_file(">") } else { delete $_[HEAP]{w} }
  },
  error => sub { print "error\n" },
  _stop => sub { unlink $path; print "_stop\n" },
});
POE::Kernel->run;

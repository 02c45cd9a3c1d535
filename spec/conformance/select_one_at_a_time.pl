# R174 R67: a conversation on raw handles
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
my ($a, $b) = pair();
sub speaker { my ($name, $handle, @lines) = @_; POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->select_read($handle, "rd"); $_[KERNEL]->yield("say") if $name eq "A" },
  say => sub { syswrite $handle, shift @lines },
  rd => sub {
    if (sysread $handle, my $data, 100) {
      print "$name heard $data\n";
      if (@lines) { $_[KERNEL]->yield("say") } else { $_[KERNEL]->select_read($handle); shutdown $handle, 1 }
    } else {
      print "$name heard the end\n";
      $_[KERNEL]->select_read($handle);
    }
  },
  _stop => sub { print "$name stopped\n" },
}) }
speaker("A", $a, "one", "three");
speaker("B", $b, "two");
POE::Kernel->run;

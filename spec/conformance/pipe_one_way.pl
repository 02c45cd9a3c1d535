# R349: a one-way pipe: read end, write end
use strict; use warnings; use POE qw(Pipe::OneWay); use Socket;
$| = 1;
alarm 3; # the guard

my ($r, $w) = POE::Pipe::OneWay->new("pipe");
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->select_read($r, "ready"); $_[KERNEL]->yield("write", "one") },
  write => sub { print "write ", syswrite($w, $_[ARG0]), "\n" },
  ready => sub {
    my $n = sysread $r, my $data, 100;
    print "read ", $n ? $data : "EOF", "\n";
    if (!$n) { $_[KERNEL]->select_read($r) }
    elsif ($data eq "one") { $_[KERNEL]->yield("write", "three") }
    else { close $w }
  },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

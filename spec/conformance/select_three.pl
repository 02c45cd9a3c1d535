# R175 R176: select sets the three modes and clears what it does not name
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; return ($a, $b) }
POE::Session->create(inline_states => {
  _start => sub {
    ($_[HEAP]{a}, $_[HEAP]{b}) = pair();
    syswrite $_[HEAP]{b}, "x";
    $_[KERNEL]->select($_[HEAP]{a}, "rd", "wr", "ex");
    $_[KERNEL]->delay(read_only => 0.02);
  },
  rd => sub { print "rd\n" unless $_[HEAP]{rd}++ },
  wr => sub { print "wr\n" unless $_[HEAP]{wr}++ },
  ex => sub { print "ex\n" },
  read_only => sub {
    print "read only\n";
    $_[KERNEL]->select($_[HEAP]{a}, undef, undef, undef);
    $_[KERNEL]->select($_[HEAP]{a}, "rd");
    $_[HEAP]{rd} = $_[HEAP]{wr} = 0;
    $_[KERNEL]->delay(write_only => 0.02);
  },
  write_only => sub {
    print "write only\n";
    $_[KERNEL]->select($_[HEAP]{a}, undef, "wr");
    $_[HEAP]{rd} = $_[HEAP]{wr} = 0;
    $_[KERNEL]->delay(none => 0.02);
  },
  none => sub { print "none\n"; $_[KERNEL]->select($_[HEAP]{a}) },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

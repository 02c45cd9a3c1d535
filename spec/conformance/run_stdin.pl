# R293: put, the stdin event, the answers; shutdown_stdin ends the program
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
POE::Session->create(inline_states => {
  _start => sub {
    my $w = $_[HEAP]{w} = POE::Wheel::Run->new(Program => ["cat"], StdinEvent => "written", StdoutEvent => "out", ErrorEvent => "error", CloseEvent => "closed");
    $_[KERNEL]->sig_child($w->PID, "chld");
    $w->put("l1", "l2");
    print $w->get_driver_out_octets, " octets, ", $w->get_driver_out_messages, " messages\n";
  },
  written => sub { print "written, ", $_[ARG0] == $_[HEAP]{w}->ID ? "the id" : "?", "\n" },
  out => sub {
    print "out $_[ARG0]\n";
    if ($_[ARG0] eq "l2") {
      $_[HEAP]{w}->shutdown_stdin;
      print "put after: ", eval { $_[HEAP]{w}->put("l3"); 1 } ? "accepted" : "error", "\n";
    }
  },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), " $_[ARG4]\n" },
  closed => sub { print "close\n"; delete $_[HEAP]{w} },
  chld => sub { $_[HEAP]{status} = $_[ARG2] >> 8 },
  _stop => sub { print "_stop, status $_[HEAP]{status}\n" },
});
POE::Kernel->run;

# R290 R277: two programs in one session, one feeding the other
use strict; use warnings; use POE qw(Wheel::Run); use Socket;
$| = 1;
alarm 3; # the guard

POE::Session->create(inline_states => {
  _start => sub {
    for my $name ("first", "second") {
      my $w = POE::Wheel::Run->new(Program => $name eq "first" ? "echo b; echo a; echo c" : ["sort"], StdinEvent => "written", StdoutEvent => "out", ErrorEvent => "error", CloseEvent => "closed");
      $_[KERNEL]->sig_child($w->PID, "chld");
      $_[HEAP]{$name} = $w;
      $_[HEAP]{names}{$w->ID} = $name;
    }
  },
  out => sub {
    my $name = $_[HEAP]{names}{$_[ARG1]};
    print "$name: $_[ARG0]\n";
    $_[HEAP]{second}->put($_[ARG0]) if $name eq "first";
  },
  closed => sub {
    my $name = $_[HEAP]{names}{$_[ARG0]};
    print "$name closed\n";
    delete $_[HEAP]{$name};
    $_[KERNEL]->yield("written") if $name eq "first";
  },
  written => sub {   # all of the first's lines are the second's
    my $second = $_[HEAP]{second};
    $second->shutdown_stdin if !$_[HEAP]{first} && !$second->get_driver_out_octets && !$_[HEAP]{shut}++;
  },
  error => sub { },
  chld => sub { },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

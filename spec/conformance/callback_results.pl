# R217: a callback calls at once and hands back the results
use strict; use warnings; use POE;
$| = 1;

my $callback;
POE::Session->create(heap => "A", inline_states => {
  _start => sub { $callback = $_[SESSION]->callback("e", "made"); $_[KERNEL]->yield("own") },
  own    => sub { my @results = $callback->("itself"); print "A:own got @results, active ", $_[KERNEL]->get_active_session->get_heap, "\n" },
  e      => sub {
    print "A:e by $_[ARG1][0], active ", $_[KERNEL]->get_active_session->get_heap, ", sent by ",
      ($_[SENDER] == $_[KERNEL] ? "kernel" : $_[SENDER]->get_heap), "\n";
    return ("answer", "to", $_[ARG1][0]);
  },
  _stop => sub { print "A:_stop\n" },
});
POE::Session->create(heap => "B", inline_states => {
  _start => sub { $_[KERNEL]->delay(go => 0.02); $_[KERNEL]->delay(end => 0.04) },
  go     => sub {
    my @results = $callback->("another", 2);
    print "B:go got @results, active ", $_[KERNEL]->get_active_session->get_heap, " ", $_[KERNEL]->get_active_event, "\n";
    my $copy = $callback;
    undef $callback;
    my @more = $copy->("the copy");
    print "B:go got @more\n";
  },
  end => sub { print "B:end\n" },
});
my @results = $callback->("the program");
print "main got @results\n";
POE::Kernel->run;

# R241: get_event_count and get_next_event_time tell of the whole queue
use strict; use warnings; use POE;
$| = 1;

use Time::HiRes;
sub near { my ($time, $wanted) = @_; !defined $time ? "none" : abs($time - $wanted) < 0.5 ? "right" : "wrong" }
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(look => 0.01) },
  look   => sub {
    my $kernel = $_[KERNEL];
    print "alone: ", $kernel->get_event_count, ", next ", near($kernel->get_next_event_time, 0), "\n";
    my $now = Time::HiRes::time();
    my $id = $kernel->alarm_set(later => $now + 30);
    print "one timer: ", $kernel->get_event_count, ", next ", near($kernel->get_next_event_time, $now + 30), "\n";
    $kernel->delay(later => 20);
    print "its name set again: ", $kernel->get_event_count, ", next ", near($kernel->get_next_event_time, $now + 20), "\n";
    $kernel->delay_add(later => 10);
    print "one added: ", $kernel->get_event_count, ", next ", near($kernel->get_next_event_time, $now + 10), "\n";
    $kernel->yield("soon");
    $kernel->yield("soon");
    print "two yields: ", $kernel->get_event_count, ", next ", near($kernel->get_next_event_time, $now), "\n";
    $kernel->delay("later");
    print "timers cleared: ", $kernel->get_event_count, "\n";
  },
  soon  => sub { print "soon: ", $_[KERNEL]->get_event_count, " more\n" },
  later => sub { print "never here\n" },
});
POE::Kernel->run;
print "after run: ", $poe_kernel->get_event_count, ", next ", near($poe_kernel->get_next_event_time, 0), "\n";

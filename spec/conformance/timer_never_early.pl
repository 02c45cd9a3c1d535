# R111 R113: no timer is early; order of time first, order of setting among equals
use strict; use warnings; use POE; use Time::HiRes "time";
$| = 1;

my $began;
POE::Session->create(inline_states => {
  _start => sub {
    $began = time();
    $_[KERNEL]->delay_add(x => $_, $_) for 0.12, 0.04, 0.08, 0.02;
    $_[KERNEL]->delay_add(x => 0.06, "0.06 $_") for "first", "second", "third";
    $_[KERNEL]->alarm_add(x => $began + 0.1, "0.1 alarm $_") for 1, 2;
  },
  x => sub {
    my ($due) = split / /, $_[ARG0];
    my $took = time() - $began;
    print "$_[ARG0] ", ($took < $due ? "early" : $took > $due + 0.5 ? "late" : "in time"), "\n";
  },
});
POE::Kernel->run;

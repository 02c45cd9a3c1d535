# R97: a timer without a time: cleared, or refused where it would be added
use strict; use warnings; use POE;
$| = 1;

$SIG{__WARN__} = sub { };
sub told { print "$_[0]: ", ($_[1] ? "ok" : "refused"), "\n" }
POE::Session->create(inline_states => {
  _start => sub {
    my $k = $_[KERNEL];
    my $soon = time() + 0.01;
    told("alarm", $k->alarm(x => $soon) == 0);
    told("alarm clears", $k->alarm("x") == 0);
    told("delay", $k->delay(x => 0.01) == 0);
    told("delay clears", $k->delay("x") == 0);
    told("clears nothing", $k->delay("y") == 0);
    told("alarm_add", $k->alarm_add(x => $soon) == 0);
    told("alarm_add without a time", $k->alarm_add("x") == 0);
    told("delay_add", $k->delay_add(x => 0.01) == 0);
    told("delay_add without a time", $k->delay_add("x") == 0);
    told("alarm_set", $k->alarm_set(x => $soon));
    told("alarm_set without a time", $k->alarm_set("x"));
    told("delay_set", $k->delay_set(x => 0.01));
    told("delay_set without a time", $k->delay_set("x"));
    told($_, $k->$_ == 0) for "alarm", "delay";
    told($_, $k->$_) for "alarm_set", "delay_set";
  },
  x => sub { print "x\n" },
});
POE::Kernel->run;

# R57: CALLER_FILE and CALLER_LINE tell where the event was posted
use strict; use warnings; use POE;
$| = 1;

my $b = POE::Session->create(inline_states => {
  _start => sub { },
  here   => sub {
    print "$_[ARG0]: line ", ($_[CALLER_LINE] == $_[ARG1] ? "right" : "wrong"),
      ", file ", ($_[CALLER_FILE] =~ /caller_line\.pl$/ ? "right" : "wrong"), "\n";
  },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub {
    $_[KERNEL]->post($b, "here", "post", __LINE__);
    $_[KERNEL]->call($b, "here", "call", __LINE__);
    $_[KERNEL]->call($_[SESSION], "here", "call to oneself", __LINE__);
    $_[KERNEL]->yield("here", "yield", __LINE__);
    $_[KERNEL]->delay(here => 0.01, "delay", __LINE__);
    $_[KERNEL]->alarm_set(here => time + 1, "alarm", __LINE__);
    $_[KERNEL]->refcount_increment($b->ID, "wait");
  },
  here => sub {
    print "$_[ARG0]: line ", ($_[CALLER_LINE] == $_[ARG1] ? "right" : "wrong"), "\n";
    $_[KERNEL]->alarm_remove_all if $_[ARG0] eq "delay";
    $_[KERNEL]->refcount_decrement($b->ID, "wait") if $_[ARG0] eq "delay";
  },
});
$poe_kernel->run;

# R52: an error in another session's handler does not reach the caller
use strict; use warnings; use POE;
$| = 1;

my $b = POE::Session->create(heap => "B", inline_states => {
  _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->refcount_increment($_[SESSION]->ID, "work") },
  boom   => sub { print "B:boom\n"; die "bang\n" },
  fine   => sub { "B is fine" },
  died   => sub {
    my $info = $_[ARG1];
    print "B:died of $info->{event}, from ", $info->{source_session}->get_heap, " in $info->{from_state}\n";
    $_[KERNEL]->sig_handled;
  },
  end   => sub { print "B:end\n"; $_[KERNEL]->refcount_decrement($_[SESSION]->ID, "work") },
  _stop => sub { print "B:_stop\n" },
});
POE::Session->create(heap => "A", inline_states => {
  _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->yield("go"); $_[KERNEL]->yield("queued") },
  go     => sub {
    my $result = $_[KERNEL]->call($b, "boom");
    print "A:go got ", (defined $result ? $result : "nothing"), "\n";
    $result = $_[KERNEL]->call($b, "fine");
    print "A:go got ", (defined $result ? $result : "nothing"), "\n";
    $_[KERNEL]->yield("end");
  },
  queued => sub { print "A:queued\n" },
  died   => sub { print "A:died\n" },
  end    => sub { print "A:end\n"; $_[KERNEL]->post($b, "end"); $_[KERNEL]->delay(late => 0.02) },
  late   => sub { print "A:late\n" },
});
$poe_kernel->run;

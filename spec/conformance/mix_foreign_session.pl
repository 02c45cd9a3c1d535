# R41 R129 R197 R200 R202 R216 R221: what others may do with a session object, alive and dead
use strict; use warnings; use POE;
$| = 1;

sub er { my ($what, $r) = @_; print "$what: ", (defined $r && $r ne "" ? "ok" : $!{ESRCH} ? "ESRCH" : "nothing"), "\n" }
my $target = POE::Session->create(heap => { n => 1 }, inline_states => {
  _start => sub { $_[KERNEL]->alias_set("target"); $_[HEAP]{id} = $_[SESSION]->ID; $_[KERNEL]->sig(ping => "ping") },
  x      => sub { print "x ", (ref $_[ARG0] ? "$_[ARG0][0] $_[ARG1][0]" : $_[ARG0]), " from ", ($_[SENDER] == $_[KERNEL] ? "kernel" : $_[SENDER]->ID > 1 ? "user" : "?"), "\n"; "answer" },
  ping   => sub { print "ping\n" },
  bye    => sub { print "bye\n"; $_[KERNEL]->alias_remove("target") },
  _stop  => sub { print "target stop\n" },
});
my ($post, $back);
sub tour { my ($k) = @_;
  my $id = $target->ID;
  $! = 0; er("post object", $k->post($target, "x", 1));
  $! = 0; er("post id", $k->post($id, "x", 2));
  $! = 0; er("post alias", $k->post("target", "x", 3));
  $! = 0; er("call", scalar $k->call($target, "x", 4));
  $! = 0; er("signal", $k->signal($target, "ping"));
  $! = 0; er("id to session", $k->ID_id_to_session($id));
  $! = 0; er("session to id", $k->ID_session_to_id($target));
  $! = 0; er("alias", $k->alias_resolve("target")) if $_[1];
  $! = 0; er("count", $k->refcount_increment($id, "t"));
  $! = 0; er("count down", $k->refcount_decrement($id, "t"));
  $! = 0; er("detach", $k->detach_child($target) || ($!{EPERM} ? "EPERM" : undef));
  print "heap ", $target->get_heap->{n}++, "\n";
}
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub { tour($_[KERNEL], 1); $post = $target->postback("x", "made by user"); $back = $target->callback("x", "made by user"); $post->("p"); print "callback: ", $back->("c"), "\n"; $_[KERNEL]->delay(bye => 0.02) },
  bye    => sub { undef $back; $post->("last"); undef $post; $_[KERNEL]->post("target", "bye"); $_[KERNEL]->delay(after => 0.03) },
  after  => sub { print "after\n"; tour($_[KERNEL], 0) },
});
POE::Kernel->run;

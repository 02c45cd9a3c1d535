# R45 R46 R48: calling nobody, calling an event without a handler, calling the kernel
use strict; use warnings; use POE;
$| = 1;

my $a = POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(end => 0.02) }, end => sub { print "A:end\n" } });
my $b = POE::Session->create(inline_states => {
  _start   => sub { },
  _default => sub { return if $_[ARG0] =~ /^_/; "B has no $_[ARG0] for @{$_[ARG1]}" },
});
sub report {
  my ($what, $value) = @_;
  print "$what: ", (defined $value ? $value : $!{ESRCH} ? "ESRCH" : "nothing"), "\n";
}
POE::Session->create(inline_states => {
  _start => sub {
    $_[KERNEL]->refcount_increment($b->ID, "keep");
    $_[KERNEL]->delay(go => 0.01);
  },
  go => sub {
    report("unknown alias", scalar $_[KERNEL]->call("nobody", "x"));
    report("unknown id", scalar $_[KERNEL]->call(99999, "x"));
    report("unknown event", scalar $_[KERNEL]->call($a, "nosuch", 1, 2));
    report("unknown event of one's own", scalar $_[KERNEL]->call($_[SESSION], "nosuch"));
    report("unknown event with _default", scalar $_[KERNEL]->call($b, "nosuch", 1, 2));
    $_[KERNEL]->call($_[KERNEL], "nosuch", 1, 2);
    print "the kernel was called: ", ($! + 0 ? "refused" : "no error"), "\n";
    $_[KERNEL]->refcount_decrement($b->ID, "keep");
    $_[KERNEL]->delay(late => 0.03);
  },
  late => sub { report("stopped session", scalar $_[KERNEL]->call($a, "x")) },
});
$poe_kernel->run;

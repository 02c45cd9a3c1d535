# R80 R221: nothing done in _stop keeps the session
use strict; use warnings; use POE;
$| = 1;

sub errname { $!{ESRCH} ? "ESRCH" : "?" }
my ($late_postback, $early_postback, $id);
my $other = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->sig(foo => "foo"); $_[KERNEL]->delay(check => 0.03) },
  foo    => sub { print "never here\n" },
  check  => sub {
    $! = 0; print "the postback made in _stop: ", ($late_postback->("x") ? "ok" : errname()), "\n";
    print "its id resolves: ", (defined $_[KERNEL]->ID_id_to_session($id) ? "yes" : "no"), "\n";
    my $count = $_[KERNEL]->refcount_increment($id, "tag");
    print "counting on it: ", (defined $count ? $count : errname()), "\n";
    print "its alias resolves: ", (defined $_[KERNEL]->alias_resolve("dying") ? "yes" : "no"), "\n";
  },
});
my $a = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("go") },
  go     => sub { print "A:go\n" },
  x      => sub { print "never here\n" },
  _stop  => sub {
    print "A:_stop\n";
    print "counts ", $_[KERNEL]->refcount_increment($_[SESSION]->ID, "tag"), "\n";
    $late_postback = $_[SESSION]->postback("x");
    print "posts back: ", ($late_postback ? "made" : "refused"), "\n";
    print "alias: ", ($_[KERNEL]->alias_set("dying") == 0 ? "ok" : "refused"), "\n";
    print "signal: ", ($_[KERNEL]->signal($other, "foo") ? "ok" : "refused"), "\n";
  },
});
$id = $a->ID;
POE::Kernel->run;

# R20 R41: what post returns; a stopped session cannot be posted to
use strict; use warnings; use POE;
$| = 1;

sub post { $poe_kernel->post(@_) ? "ok" : $!{ESRCH} ? "ESRCH" : "?" }
my $short = POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->alias_set("short") },
  hello  => sub { print "short:hello\n"; $_[KERNEL]->alias_remove("short") },
  _stop  => sub { print "short:_stop\n" },
});
my $id = $short->ID;
POE::Session->create(inline_states => {
  _start => sub {
    print "by object: ", post($short, "hello"), "\n";
    print "by id: ", post($id, "nothing"), "\n";
    print "by alias: ", post("short", "nothing"), "\n";
    print "no such alias: ", post("nobody", "hello"), "\n";
    print "no such id: ", post(99999, "hello"), "\n";
    $_[KERNEL]->delay(later => 0.03);
  },
  later => sub {
    print "stopped, by object: ", post($short, "hello"), "\n";
    print "stopped, by id: ", post($id, "hello"), "\n";
    print "stopped, by alias: ", post("short", "hello"), "\n";
    print "its ID is still readable: ", ($short->ID == $id ? "yes" : "no"), "\n";
  },
});
$poe_kernel->run;

# R71 R202: a reference count keeps a session until anybody takes it away
use strict; use warnings; use POE;
$| = 1;

my %id;
for my $name (qw(own others main)) {
  my $session = POE::Session->create(inline_states => {
    _start  => sub { $_[KERNEL]->refcount_increment($_[SESSION]->ID, "tag") if $name ne "main" },
    release => sub { print "$name:release ", $_[KERNEL]->refcount_decrement($_[SESSION]->ID, "tag"), "\n" },
    _stop   => sub { print "$name:_stop\n" },
  });
  $id{$name} = $session->ID;
}
print "main counts ", $poe_kernel->refcount_increment($id{main}, "tag"), "\n";
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(first => 0.02) },
  first  => sub { print "first ", $_[KERNEL]->refcount_decrement($id{others}, "tag"), "\n"; $_[KERNEL]->delay(second => 0.02) },
  second => sub { print "second\n"; $_[KERNEL]->post($id{own}, "release"); $_[KERNEL]->delay(third => 0.02) },
  third  => sub {
    print "third ", $_[KERNEL]->refcount_increment($id{main}, "other"), "\n";
    print "third ", $_[KERNEL]->refcount_decrement($id{main}, "tag"), "\n";
    $_[KERNEL]->delay(fourth => 0.02);
  },
  fourth => sub { print "fourth ", $_[KERNEL]->refcount_decrement($id{main}, "other"), "\n"; $_[KERNEL]->delay(last => 0.02) },
  last   => sub { print "last\n" },
});
POE::Kernel->run;

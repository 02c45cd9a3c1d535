# R50: an error in a call to oneself is the caller's, and no DIE comes of it
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->yield("go") },
  go     => sub {
    my $fine = eval { $_[KERNEL]->call($_[SESSION], "boom"); 1 };
    print "caught: ", ($fine ? "nothing" : $@ =~ /bang/ ? "bang" : "?"), "\n";
    my $deep = eval { $_[KERNEL]->call($_[SESSION], "middle"); 1 };
    print "caught: ", ($deep ? "nothing" : $@ =~ /bang/ ? "bang" : "?"), "\n";
    $_[KERNEL]->yield("uncaught");
    $_[KERNEL]->yield("after");
  },
  middle   => sub { $_[KERNEL]->call($_[SESSION], "boom"); print "never here\n" },
  uncaught => sub { print "uncaught\n"; $_[KERNEL]->call($_[SESSION], "boom"); print "never here\n" },
  boom     => sub { print "boom\n"; die "bang\n" },
  after    => sub { print "after\n" },
  died     => sub { print "died of $_[ARG1]{event}\n"; $_[KERNEL]->sig_handled },
  _stop    => sub { print "_stop\n" },
});
$poe_kernel->run;

# R136: a real INT tells all who watch; one of them may save everybody, and if none does all stop
use strict; use warnings; use POE;
$| = 1;

my @stopped; # in no order that POE promises
sub watcher {
  my ($name, $handles) = @_;
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->sig(INT => "int"); $_[KERNEL]->delay(end => 0.1) },
    int    => sub { $_[HEAP]{told} = $_[ARG0]; $_[KERNEL]->sig_handled if $handles },
    end    => sub { print "$name end, told ", $_[HEAP]{told}, "\n"; $_[KERNEL]->sig("INT") },
    _stop  => sub { push @stopped, "$name stop, told $_[HEAP]{told}" },
  });
}
for my $saved (1, 0) {
  watcher("A", 0);
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->delay(kill => 0.02); $_[KERNEL]->delay(end => 0.2); watcher("B", $saved) },
    kill   => sub { kill INT => $$; print "kill\n" },
    end    => sub { print "unrelated end\n" },
    _stop  => sub { push @stopped, "unrelated stop" },
  });
  @stopped = ();
  $poe_kernel->run;
  print "$_\n" for sort @stopped;
  print $saved ? "saved\n" : "all stopped\n";
}

# R137 R138: a signal whose watcher has gone meanwhile; PIPE tells every watcher
use strict; use warnings; use POE;
$| = 1;

my $n = 0;
sub watcher {
  my ($go) = @_;
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->sig(PIPE => "pipe"); $_[KERNEL]->delay(end => 0.1); $_[KERNEL]->yield("go") if $go },
    go     => sub { kill PIPE => $$; print "kill\n" },
    pipe   => sub { print "PIPE ", ++$n, "\n" },
    end    => sub { $_[KERNEL]->sig("PIPE") },
  });
}
watcher(1); watcher(0); watcher(0);
POE::Kernel->run;
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->sig(foo => "got"); $_[KERNEL]->yield("go") },
  go     => sub { $_[KERNEL]->signal($_[SESSION], "foo"); $_[KERNEL]->sig("foo"); $_[KERNEL]->yield("end") },
  got    => sub { print "got $_[ARG0]\n" },
  end    => sub { print "end\n" },
});
POE::Kernel->run;

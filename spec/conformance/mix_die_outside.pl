# R54 R152 R157 R161: errors in calls of the program, before and between runs
use strict; use warnings; use POE;
$| = 1;

sub session {
  my ($n, $saves) = @_;
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->alias_set($n); $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->delay(end => 0.05) },
    boom   => sub { print "$n boom\n"; die "$n boom\n" },
    died   => sub { print "$n DIE $_[ARG1]{event} ", ($_[ARG1]{source_session} == $_[KERNEL] ? "kernel" : "?"), " ", ($_[SENDER] == $_[KERNEL] ? "kernel" : "?"), "\n"; $_[KERNEL]->sig_handled if $saves },
    end    => sub { print "$n end\n"; $_[KERNEL]->alias_remove($n) },
    _stop  => sub { print "$n stop\n" },
  });
}
session("A", 1);
print "call: ", (eval { my $r = POE::Kernel->call("A", "boom"); defined $r ? $r : "nil" } || "raised $@"), "\n";
print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";
session("B", 0); session("C", 1);
my $r = POE::Kernel->call("B", "boom");
print "called\n";
print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";
session("D", 0);
print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";

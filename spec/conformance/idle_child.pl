# R94 R143 R149: a running process postpones IDLE while somebody watches for it
use strict; use warnings; use POE;
$| = 1;

my @pipes;
sub child { open(my $pipe, "-|", "echo \$\$; $_[0]") or die; push @pipes, $pipe; 0 + <$pipe> }
sub run {
  my ($how, $watch) = @_;
  print "$how\n";
  my $pid = child("sleep 0.2; exit 3");
  POE::Session->create(inline_states => {
    _start => sub { $_[KERNEL]->alias_set("a"); $_[KERNEL]->sig(IDLE => "idle") },
    idle   => sub { print "idle\n" },
    _stop  => sub { print "alias stops\n" },
  });
  POE::Session->create(inline_states => {
    _start => sub { $watch->($pid) },
    gone   => sub { print "gone ", ($_[ARG1] == $pid ? "it" : "?"), "\n"; $_[KERNEL]->sig("CHLD"); $_[KERNEL]->refcount_decrement($_[SESSION]->ID, "wait") if $how eq "CHLD" },
    _stop  => sub { print "watcher stops\n" if $how ne "not our child" },
  });
  POE::Kernel->run;
}
run("pid", sub { $poe_kernel->sig_child($_[0], "gone") });
run("CHLD", sub { $poe_kernel->sig(CHLD => "gone"); $poe_kernel->refcount_increment($poe_kernel->get_active_session->ID, "wait") });
run("CHLD alone", sub { $poe_kernel->sig(CHLD => "gone") });
run("not our child", sub { $poe_kernel->sig_child(1, "gone") });
run("nobody's business", sub { });

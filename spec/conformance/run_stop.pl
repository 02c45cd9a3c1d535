# R235 R237: stop() ends all sessions at once; the rest of the handler runs as the kernel
use strict; use warnings; use POE;
$| = 1;

my %name;
sub name { $_[0] == $poe_kernel ? "kernel" : $name{$_[0]->ID} }
sub chain {
  my ($name, @rest) = @_;
  POE::Session->create(inline_states => {
    _start => sub { $name{$_[SESSION]->ID} = $name; chain(@rest) if @rest; $_[KERNEL]->yield("go") if $name eq "P"; $_[KERNEL]->delay(never => 5); return },
    go     => sub {
      my ($kernel, $self) = @_[KERNEL, SESSION];
      print "P:go\n";
      $kernel->yield("lost");
      $kernel->stop;
      print "P:go goes on, active ", name($kernel->get_active_session), "\n";
      print "sessions resolve: ", (defined $kernel->ID_id_to_session($self->ID) ? "yes" : "no"), "\n";
      print "post to itself: ", ($kernel->post($self, "lost") ? "ok" : $!{ESRCH} ? "ESRCH" : "?"), "\n";
      print "events left: ", $kernel->get_event_count, "\n";
    },
    never  => sub { print "$name:never\n" },
    lost   => sub { print "$name:lost\n" },
    _child => sub { print "$name:_child $_[ARG0] ", name($_[ARG1]), " ", (defined $_[ARG2] ? $_[ARG2] : "nil"), "\n" if $_[ARG0] ne "create" },
    _stop  => sub { print "$name:_stop from ", name($_[SENDER]), "\n"; "value of $name" },
  });
}
chain("GP", "P", "C", "G");
POE::Kernel->run;
print "run returned\n";

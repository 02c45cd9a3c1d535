# R15 R155 R156 R165 R210: errors in every predefined event, told to an ancestor who saves them
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
sub bad { my ($s, $event, @rest) = @_; print "$s $event @rest\n"; die "$s $event\n" }
sub session {
  my ($n, $start) = @_;
  POE::Session->create(heap => $n, inline_states => {
    _start  => sub { $start->(); bad($n, "_start") },
    _child  => sub { bad($n, "_child", $_[ARG0], name($_[ARG1]), defined $_[ARG2] ? $_[ARG2] : "nil") },
    _parent => sub { bad($n, "_parent", name($_[ARG0]), name($_[ARG1])) },
    _default => sub { $_[ARG0] =~ /^_/ ? 0 : bad($n, "_default", $_[ARG0], "@{$_[ARG1]}") },
    end     => sub { print "$n end\n" },
    off     => sub { print "off: ", ($_[KERNEL]->detach_myself ? "ok" : "no"), "\n" },
  });
}
POE::Session->create(heap => "G", inline_states => {
  _start => sub { $_[KERNEL]->sig(DIE => "died");
    session("P", sub { $poe_kernel->delay(end => 0.1); session("C", sub { $poe_kernel->alias_set("C"); $poe_kernel->delay(end => 0.05) }) });
    $_[KERNEL]->post("C", "nothing", 1, 2); $_[KERNEL]->yield("next") },
  next   => sub { print "next\n"; $_[KERNEL]->post("C", "off") },
  _child => sub { print "G $_[ARG0] ", name($_[ARG1]), " ", (defined $_[ARG2] ? $_[ARG2] : "nil"), "\n" },
  died   => sub { my $i = $_[ARG1]; chomp(my $t = $i->{error_str}); $t =~ s/ at .*//s;
    print "DIE $t in $i->{event} from ", name($i->{source_session}), " to ", name($i->{dest_session}), "\n"; $_[KERNEL]->sig_handled },
  _stop  => sub { print "G stop\n" },
});
print eval { POE::Kernel->run; 1 } ? "fine\n" : "run: $@";

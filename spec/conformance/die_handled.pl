# R152 R153 R154 R155 R156: an exception is queued, reaches descendants, the session, ancestors
use strict; use warnings; use POE;
$| = 1;

sub mk { my ($n, $k) = @_; POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = $n; $_[KERNEL]->sig(DIE => "die"); $k->() if $k; $_[KERNEL]->yield($_) for $n eq "C" ? qw(boom after) : () ; $_[KERNEL]->delay(end => { G => 0.02, C => 0.05, P => 0.08 }->{$n}) }, boom => sub { die "oops\n" }, after => sub { print "$n after\n" }, die => sub { my $i = $_[ARG1]; print "$n $_[ARG0] $i->{event} $i->{from_state} ", $i->{dest_session}->get_heap->{n}, " ", $i->{source_session}->get_heap->{n}, " ", $i->{error_str} =~ /oops/ ? "oops" : "?", "\n"; $_[KERNEL]->sig_handled if $n eq "P" }, end => sub { print "$n end\n" }, _stop => sub { print "$n stop\n" } }) }
mk("P", sub { mk("C", sub { mk("G") }) });
POE::Kernel->run; print "fine\n";

# R157 R158 R161: nobody handles it: the family, then all others, then run raises it
use strict; use warnings; use POE;
$| = 1;

sub mk { my ($n, $k) = @_; POE::Session->create(inline_states => { _start => sub { $_[HEAP]{n} = $n; $k->() if $k; $_[KERNEL]->yield("boom") if $n eq "C"; $_[KERNEL]->delay(end => 9) }, boom => sub { print "C boom\n"; die "oops\n" }, _child => sub { print "$n $_[ARG0] ", $_[ARG1]->get_heap->{n}, "\n" if $_[ARG0] ne "create" }, _parent => sub { print "$n parent\n" }, _stop => sub { print "$n stop\n" } }) }
mk("GP", sub { mk("P", sub { mk("C", sub { mk("GC") }) }) }); mk("U");
eval { POE::Kernel->run; 1 } ? print "no error\n" : print $@ =~ /oops/ ? "raised oops\n" : "raised other\n";
mk("again"); print "made\n"; POE::Kernel->stop; POE::Kernel->run;

# R116 R122 R131 R132: signals sent, watched, dropped and handled inside the handler of a signal
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub {
    my $k = $_[KERNEL];
    $k->alias_set("P"); $k->sig(TERM => "term", "P"); $k->sig(one => "one", "first"); $k->delay(end => 0.1);
    POE::Session->create(inline_states => {
      _start => sub { $_[KERNEL]->alias_set("C"); $_[KERNEL]->sig(TERM => "term", "C"); $_[KERNEL]->sig(one => "one", "own"); $_[KERNEL]->delay(end => 0.1) },
      term   => sub { print "C TERM @_[ARG1..$#_]\n"; $_[KERNEL]->call("P", "saves") if $_[ARG1] == 1; $_[KERNEL]->signal("C", "one", "from C"); $_[KERNEL]->yield("after", $_[ARG1]) },
      one    => sub { print "C one @_[ARG1..$#_]\n"; $_[KERNEL]->sig(one => "other", "changed"); $_[KERNEL]->sig("TERM") if $_[ARG1] eq "again" },
      other  => sub { print "C other @_[ARG1..$#_]\n" },
      after  => sub { print "C after $_[ARG0]\n" },
      end    => sub { print "C end\n"; $_[KERNEL]->alias_remove("C"); },
      _stop  => sub { print "C stop\n" },
    });
    $k->yield("go");
  },
  go    => sub { $_[KERNEL]->signal("P", "TERM", 1); $_[KERNEL]->signal("P", "one", "again"); $_[KERNEL]->yield("more") },
  more  => sub { print "more\n"; $_[KERNEL]->signal("P", "one"); $_[KERNEL]->delay(late => 0.02) },
  late  => sub { print "late\n"; $_[KERNEL]->signal("P", "TERM", 2); $_[KERNEL]->yield("lost") },
  lost  => sub { print "lost\n" },
  saves => sub { print "P saves\n"; $_[KERNEL]->sig_handled },
  term  => sub { print "P TERM @_[ARG1..$#_]\n"; $_[KERNEL]->sig("one") },
  one   => sub { print "P one @_[ARG1..$#_]\n" },
  end   => sub { print "P end\n" },
  _child => sub { print "P $_[ARG0]\n" },
  _stop => sub { print "P stop\n" },
});
POE::Kernel->run;

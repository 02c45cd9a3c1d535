# R211: options: reading, setting, words for true and false, what they were
use strict; use warnings; use POE;
$| = 1;

sub show { my $v = shift; !defined $v ? "nil" : ref $v ? "{" . join(", ", map { "$_=" . show($v->{$_}) } sort keys %$v) . "}" : "$v" }
POE::Session->create(inline_states => {
  _start => sub {
    my $s = $_[SESSION];
    print show($s->option(mine => 5)), "\n";
    print show($s->option("mine")), "\n";
    print show($s->option(MINE => "on")), "\n";
    print show($s->option("mine")), "\n";
    for my $word ("yes", "true", "off", "No", "false", "YES", "other") {
      $s->option(flag => $word);
      print "$word: ", show($s->option("flag")), "\n";
    }
    print show($s->option(a => 3, b => 4, flag => "x")), "\n";
    print show($s->option(a => 7, b => 8)), "\n";
    print show($s->option()), "\n";
    print show($s->option(a => undef)), "\n";
    print show($s->option("a")), "\n";
  },
}, options => { debug => 0 });
POE::Kernel->run;

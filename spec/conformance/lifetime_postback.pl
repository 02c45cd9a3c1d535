# R72 R218: each postback and callback keeps its session until it is given up
use strict; use warnings; use POE;
$| = 1;

my %held;
POE::Session->create(inline_states => {
  _start => sub {
    $held{postback} = $_[SESSION]->postback("x");
    $held{callback} = $_[SESSION]->callback("x");
    $held{second} = $_[SESSION]->postback("x");
  },
  x      => sub { print "A:x\n" },
  _stop  => sub { print "A:_stop\n" },
});
my @steps = qw(postback callback second);
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->delay(step => 0.01) },
  step   => sub {
    my $name = shift @steps or return print "B: no more\n";
    print "B gives up the $name\n";
    delete $held{$name};
    $held{second}->() if $name eq "postback";
    $_[KERNEL]->delay(step => 0.01);
  },
});
POE::Kernel->run;

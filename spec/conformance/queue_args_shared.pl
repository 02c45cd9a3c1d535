# R24: the argument list is copied when posting, what it refers to is shared
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start => sub {
    my @list = (1, 2, 3);
    my $table = { word => "before" };
    $_[KERNEL]->yield(e => @list, $table);
    $_[KERNEL]->delay(e => 0.01, @list, $table);
    $_[KERNEL]->post($_[SESSION], "same", $table, $table);
    @list = (7, 8, 9);
    $table->{word} = "after";
  },
  e => sub {
    print join(" ", @_[ARG0 .. ARG2]), " $_[ARG3]{word}\n";
    $_[ARG3]{word} = "changed by e";
    $_[ARG0] = "mine";
  },
  same => sub { print "the same table twice: ", ($_[ARG0] == $_[ARG1] ? "yes" : "no"), "\n" },
});
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield(holes => undef, 2, undef, 4, undef) },
  holes  => sub { print scalar(@_) - ARG0, ": ", join(" ", map { defined $_ ? $_ : "nil" } @_[ARG0 .. $#_]), "\n" },
});
$poe_kernel->run;

# R209: _default gets the event's name and its arguments; its value is the event's
use strict; use warnings; use POE;
$| = 1;

POE::Session->create(inline_states => {
  _start   => sub { $_[KERNEL]->yield("posted", 1, undef, 3); $_[KERNEL]->delay(timed => 0.01); $_[KERNEL]->yield("go") },
  go       => sub {
    print "call returned ", scalar($_[KERNEL]->call($_[SESSION], "called", "x", "y")), "\n";
    my $table = { text => "before" };
    $_[KERNEL]->call($_[SESSION], "spoil", $table);
    print "the table now: $table->{text}\n";
    $_[KERNEL]->yield("twice", "same");
    $_[KERNEL]->yield("twice", "same");
  },
  _default => sub {
    my ($event, $args) = @_[ARG0, ARG1];
    return if $event =~ /^_/;
    print "$_[STATE]: $event, ", scalar @$args, " args: ", join(" ", map { !defined $_ ? "nil" : ref $_ ? "table" : $_ } @$args), "\n";
    $args->[0]{text} = "changed" if $event eq "spoil";
    push @$args, "more";
    return "value of $event";
  },
});
POE::Kernel->run;

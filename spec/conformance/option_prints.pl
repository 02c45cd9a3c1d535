# R212 R213 R214: trace tells each event, default each that has no handler, debug a state replaced
use strict; use warnings; use POE;
$| = 1;

my @said;
$SIG{__WARN__} = sub { push @said, $_[0] };
close STDERR; open(STDERR, ">", \my $text);
for my $option ("trace", "default", "debug") {
  POE::Session->create(options => { $option => 1 }, inline_states => {
    _start => sub { $_[KERNEL]->yield("known"); $_[KERNEL]->yield("unknown") if $option ne "debug" },
    known  => sub { $_[KERNEL]->state(known => sub { }) },
    _stop  => sub { },
  });
  @said = (); $text = "" ; seek STDERR, 0, 0;
  POE::Kernel->run;
  my $all = join "", @said, $text || "";
  print "$option: ", join(" ", grep { $all =~ /\b$_\b/ } "known", "unknown", "_stop"), "\n";
}

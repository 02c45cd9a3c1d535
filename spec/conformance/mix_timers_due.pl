# R33 R98 R100 R101 R104 R107 R108: timers that are due together change one another
use strict; use warnings; use POE;
$| = 1;

sub args { join ",", @_ }
POE::Session->create(inline_states => {
  _start => sub { $_[KERNEL]->yield("set") },
  set    => sub {
    my ($k, $h) = @_[KERNEL, HEAP];
    $h->{$_} = $k->alarm_set("t", 100 + $_, $_, "arg") for 1 .. 8;
    $k->alarm(named => 50, "named"); $k->delay_add(named => 60, "kept?"); $k->yield("after set") },
  named  => sub { print "named $_[ARG0]\n" },
  t      => sub {
    my ($k, $h, $n) = @_[KERNEL, HEAP, ARG0];
    print "t$n\n";
    if ($n eq "1") {
      my @gone = $k->alarm_remove($h->{2}); print "removed ", args(@gone[0, 1], @{$gone[2]}), "\n";
      print "again: ", ($k->alarm_remove($h->{2}) ? "?" : "no"), "\n";
      print "itself: ", ($k->alarm_remove($h->{1}) ? "?" : "no"), "\n";
      print "adjusted to ", $k->alarm_adjust($h->{6}, -50), "\n";
      $k->delay_adjust($h->{4}, 0.05);
      $k->alarm_set("t", 20, "past");
      $k->yield("posted");
      $k->delay("named") }
    elsif ($n eq "7") {
      my @all = $k->alarm_remove_all; print "all: ", join(" ", map { "$_->[0]/$_->[2]" } @all), "\n";
      $k->alarm_add("t", 30, "fresh"); $k->alarm_add("t", 30, "fresh too"); $k->delay("t2", 0.02) }
    elsif ($n eq "fresh") { $k->alarm("t", 40, "only") } },
  posted => sub { print "posted\n" },
  t2     => sub { print "t2\n" },
  "after set" => sub { print "after set\n" },
});
POE::Kernel->run;

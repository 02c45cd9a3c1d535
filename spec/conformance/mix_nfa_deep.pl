# R244 R246 R247 R248 R252 R250: a machine calls states within states, with timers, signals, children
use strict; use warnings; use POE; use POE::NFA;
$| = 1;

sub in { my ($m, @rest) = @_; print $m->get_current_state, ": @rest\n" }
my $machine = POE::NFA->spawn(runstate => { n => 0 }, inline_states => {
  one => {
    enter => sub { my ($k, $m) = @_[KERNEL, MACHINE]; in($m, "enter @_[ARG0..$#_]"); $k->sig(thing => "told"); $k->delay(tick => 0.03, "set in one"); $k->yield("go") },
    go    => sub { in($_[MACHINE], "go"); $_[MACHINE]->call_state("back", "two", "enter", "a", "b"); $_[KERNEL]->yield("tick", "yielded after"); in($_[MACHINE], "go ends") },
    back  => sub { in($_[MACHINE], "back @_[ARG0..$#_] from ", ($_[SENDER] == $_[MACHINE] ? "itself" : "?")); $_[RUNSTATE]{n}++;
      $_[RUNSTATE]{n} < 2 ? $_[KERNEL]->yield("go") : $_[MACHINE]->stop },
    tick  => sub { in($_[MACHINE], "tick @_[ARG0..$#_]") },
    leave => sub { in($_[MACHINE], "leave") },
    told  => sub { in($_[MACHINE], "told $_[ARG0]") },
    _default => sub { in($_[MACHINE], "default $_[ARG0]") if $_[ARG0] !~ /^_/; 0 },
  },
  two => {
    enter => sub { in($_[MACHINE], "enter @_[ARG0..$#_]"); $_[KERNEL]->signal($_[MACHINE], "thing"); $_[KERNEL]->post($_[MACHINE], "everywhere"); $_[MACHINE]->call_state("home", "three", "enter") },
    tick  => sub { in($_[MACHINE], "tick @_[ARG0..$#_]") },
    told  => sub { in($_[MACHINE], "told $_[ARG0]") },
    home  => sub { in($_[MACHINE], "home @_[ARG0..$#_]"); $_[MACHINE]->return_state("result", $_[ARG0]) },
    leave => sub { in($_[MACHINE], "leave") },
    _default => sub { in($_[MACHINE], "default $_[ARG0]") if $_[ARG0] !~ /^_/; 0 },
  },
  three => {
    enter => sub { in($_[MACHINE], "enter"); $_[KERNEL]->state(everywhere => sub { in($_[MACHINE], "everywhere") }); $_[KERNEL]->delay(on => 0.05);
      POE::Session->create(inline_states => { _start => sub { $_[KERNEL]->delay(x => 0.01) }, x => sub { } }) },
    tick  => sub { in($_[MACHINE], "tick @_[ARG0..$#_]") },
    told  => sub { in($_[MACHINE], "told $_[ARG0]") },
    on    => sub { in($_[MACHINE], "on"); $_[MACHINE]->return_state("up") },
    _child => sub { in($_[MACHINE], "child $_[ARG0]") },
    _default => sub { in($_[MACHINE], "default $_[ARG0]") if $_[ARG0] !~ /^_/; 0 },
  },
});
$machine->goto_state("one", "enter", 1, 2);
POE::Kernel->run;

# R206: object and package handlers, at creation and at run time
use strict; use warnings; use POE;
$| = 1;

package Counter;
sub new { my ($class, $name) = @_; bless { name => $name, n => 0 }, $class }
sub add { my ($self, $by) = @_[main::OBJECT, main::ARG0]; $self->{n} += $by; print "$self->{name}:$_[main::STATE] is $self->{n}\n" }
sub reset_it { my $self = $_[main::OBJECT]; $self->{n} = 0; print "$self->{name}:$_[main::STATE]\n" }
package Tools;
sub greet { print "$_[main::OBJECT]: $_[main::STATE] $_[main::ARG0]\n"; return "greeted" }
package main;
my $counter = Counter->new("c1");
my $other = Counter->new("c2");
POE::Session->create(
  inline_states  => { _start => sub { $_[KERNEL]->yield("go") }, go => sub {
    my ($kernel, $self) = @_[KERNEL, SESSION];
    $kernel->call($self, "add", 5);
    $kernel->call($self, "add", 2);
    $kernel->call($self, "zero");
    $kernel->call($self, "more", 7);
    print $kernel->call($self, "greet", "you"), "\n";
    $kernel->state(add => $other);
    $kernel->call($self, "add", 1);
    $kernel->state(plus => $counter, "add");
    $kernel->call($self, "plus", 1);
    $kernel->state(hello => "Tools", "greet");
    $kernel->call($self, "hello", "again");
    print "a missing method: ", (eval { $kernel->state(bad => $counter, "nowhere"); 1 } ? "accepted" : "refused"), "\n";
  } },
  object_states  => [ $counter => [ "add" ], $other => { zero => "reset_it", more => "add" } ],
  package_states => [ Tools => [ "greet" ] ],
);
POE::Kernel->run;

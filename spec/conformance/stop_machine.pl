# R75: a machine that stops hands its child to its parent
use strict; use warnings; use POE;
$| = 1;

use POE::NFA;
my %name;
sub name { $_[0] == $poe_kernel ? "kernel" : $name{$_[0]->ID} }
POE::Session->create(inline_states => {
  _start => sub {
    $name{$_[SESSION]->ID} = "GP";
    POE::NFA->spawn(inline_states => {
      only => {
        setup => sub {
          $name{$_[SESSION]->ID} = "M";
          POE::Session->create(inline_states => {
            _start  => sub { $name{$_[SESSION]->ID} = "C"; $_[KERNEL]->delay(work => 0.03) },
            work    => sub { print "C:work\n" },
            _parent => sub { print "C:_parent ", name($_[ARG0]), " -> ", name($_[ARG1]), "\n" },
            _stop   => sub { print "C:_stop\n"; "C's value" },
          });
          $_[KERNEL]->yield("halt");
        },
        halt   => sub { print "M:halt\n"; $_[MACHINE]->stop },
        _child => sub { print "M:_child $_[ARG0] ", name($_[ARG1]), "\n" },
      },
    })->goto_state("only", "setup");
  },
  _child => sub { print "GP:_child $_[ARG0] ", name($_[ARG1]), "\n" if $_[ARG0] ne "create" },
  _stop  => sub { print "GP:_stop\n" },
});
POE::Kernel->run;

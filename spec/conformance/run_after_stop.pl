# R236: sessions made after stop() live normally, as children of the kernel
use strict; use warnings; use POE;
$| = 1;

sub name { $_[0] == $poe_kernel ? "kernel" : $_[0]->get_heap }
POE::Session->create(heap => "A", inline_states => {
  _start => sub { $_[KERNEL]->alias_set("name"); $_[KERNEL]->yield("go"); $_[KERNEL]->yield("lost") },
  go     => sub {
    print "A:go\n";
    $_[KERNEL]->stop;
    POE::Session->create(heap => "B", inline_states => {
      _start => sub {
        print "B:_start from ", name($_[SENDER]), "\n";
        print "the alias is free: ", ($_[KERNEL]->alias_set("name") == 0 ? "yes" : "no"), "\n";
        $_[KERNEL]->yield("work");
      },
      work   => sub { print "B:work\n"; $_[KERNEL]->delay(more => 0.02) },
      more   => sub {
        print "B:more\n";
        print "detaches: ", ($_[KERNEL]->detach_myself ? "ok" : $!{EPERM} ? "EPERM" : "?"), "\n";
      },
      _stop  => sub { print "B:_stop\n" },
    });
    print "A:go ends\n";
  },
  lost   => sub { print "A:lost\n" },
  _child => sub { print "A:_child\n" },
  _stop  => sub { print "A:_stop\n" },
});
POE::Kernel->run;
print "run returned\n";
POE::Session->create(heap => "C", inline_states => { _start => sub { $_[KERNEL]->yield("x") }, x => sub { print "C:x\n" } });
POE::Kernel->run;

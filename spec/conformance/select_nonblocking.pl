# R181: watching makes a handle non-blocking, and it stays so
use strict; use warnings; use POE; use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
pipe(my $r, my $w);
POE::Session->create(inline_states => {
  _start => sub {
    $_[KERNEL]->select_read($r, "rd");
    $_[KERNEL]->select_read($r);
    print defined sysread($r, my $data, 10) ? "data\n" : code($! + 0) . "\n";
    syswrite $w, "hello";
    print sysread($r, $data, 3), " $data\n";
    print sysread($r, $data, 3), " $data\n";
    print defined sysread($r, $data, 3) ? "data\n" : code($! + 0) . "\n";
    close $w;
    print sysread($r, $data, 3) ? "data\n" : "EOF\n";
  },
});
POE::Kernel->run;

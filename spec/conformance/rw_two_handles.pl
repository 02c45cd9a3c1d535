# R254 R349: input and output handles of their own: a relay of two pipes
use strict; use warnings; use POE qw(Wheel::ReadWrite Pipe::OneWay); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my ($in_r, $in_w) = POE::Pipe::OneWay->new("pipe");
my ($out_r, $out_w) = POE::Pipe::OneWay->new("pipe");
POE::Session->create(inline_states => {
  _start => sub {
    $_[HEAP]{w} = POE::Wheel::ReadWrite->new(InputHandle => $in_r, OutputHandle => $out_w, InputEvent => "in", ErrorEvent => "error", FlushedEvent => "flushed");
    print "input ", $_[HEAP]{w}->get_input_handle == $in_r ? "same" : "?", ", output ", $_[HEAP]{w}->get_output_handle == $out_w ? "same" : "?", "\n";
    syswrite $in_w, "hello\n";
  },
  in => sub { print "in $_[ARG0]\n"; $_[HEAP]{w}->put("<$_[ARG0]>") },
  flushed => sub { sysread $out_r, my $data, 100; $data =~ s/\s+$//; print "out $data\n"; close $in_w },
  error => sub { print "error $_[ARG0] ", code($_[ARG1]), "\n"; delete $_[HEAP]{w} },
  _stop => sub { print "_stop\n" },
});
POE::Kernel->run;

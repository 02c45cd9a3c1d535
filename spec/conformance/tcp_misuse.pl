# R321 R312: what is misuse of the two constructors
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

$SIG{__WARN__} = sub { };
sub try {
  my ($name, $class, @args) = @_;
  print "$name: ", eval { "POE::Component::$class"->new(@args); 1 } ? "accepted" : "error", "\n";
}
my $code = sub { };
try("server without input", "Server::TCP", Port => 0);
try("server with acceptor and input", "Server::TCP", Port => 0, Acceptor => $code, ClientInput => $code);
try("server input no function", "Server::TCP", Port => 0, ClientInput => "event");
try("server listener args no list", "Server::TCP", Port => 0, ClientInput => $code, ListenerArgs => 1);
try("server with one filter of two", "Server::TCP", Port => 0, ClientInput => $code, ClientInputFilter => "POE::Filter::Line");
try("client without address", "Client::TCP", RemotePort => 1, ServerInput => $code);
try("client without port", "Client::TCP", RemoteAddress => "127.0.0.1", ServerInput => $code);
try("client without input", "Client::TCP", RemoteAddress => "127.0.0.1", RemotePort => 1);
try("client args no list", "Client::TCP", RemoteAddress => "127.0.0.1", RemotePort => 1, ServerInput => $code, Args => 1);
POE::Kernel->run;

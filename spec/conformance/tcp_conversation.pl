# R312: a conversation of Server::TCP and Client::TCP
use strict; use warnings; use POE qw(Component::Server::TCP Component::Client::TCP); use Socket;
$| = 1;
alarm 3; # the guard

sub code { local $! = shift or return "EOF"; return (sort grep { $!{$_} } keys %!)[0] }
my $port;
my $id = POE::Component::Server::TCP->new(
  Alias => "server", Address => "127.0.0.1", Port => 0,
  ListenerArgs => ["la"], ClientArgs => ["ca1", "ca2"],
  Started => sub { print "Started @_[ARG0 .. $#_]\n"; ($port) = unpack_sockaddr_in($_[HEAP]{listener}->getsockname) },
  Stopped => sub { print "Stopped\n" },
  ClientPreConnect => sub { print "PreConnect @{$_[ARG1]}\n"; return $_[ARG0] },
  ClientConnected => sub { print "Connected @_[ARG0 .. $#_] from $_[HEAP]{remote_ip}\n"; $_[HEAP]{client}->put("welcome") },
  ClientInput => sub {
    print "Input $_[ARG0]\n";
    if ($_[ARG0] eq "quit") {
      $_[HEAP]{client}->put("bye");
      $_[KERNEL]->yield("shutdown");
      $_[KERNEL]->post(server => "shutdown");
    } else { $_[HEAP]{client}->put("echo $_[ARG0]") }
  },
  ClientDisconnected => sub { print "Disconnected\n" },
);
print "server is ", $poe_kernel->alias_resolve("server")->ID == $id ? "the alias" : "?", "\n";
my $client = POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port, Args => ["x"],
  Started => sub { print "client Started @_[ARG0 .. $#_]\n" },
  PreConnect => sub { print "client PreConnect\n"; return $_[ARG0] },
  Connected => sub { print "client Connected ", inet_ntoa($_[ARG1]), $_[ARG2] == $port ? " the port" : " ?", "\n" },
  ServerInput => sub {
    if ($_[ARG0] eq "bye") { $_[HEAP]{bye} = "after bye"; return }   # Disconnected may come before or after
    print "client Input $_[ARG0]\n";
    $_[HEAP]{server}->put({ welcome => "hello", "echo hello" => "quit" }->{$_[ARG0]});
  },
  ServerError => sub { print "client Error $_[HEAP]{bye} $_[ARG0] ", code($_[ARG1]), "\n" },
  Disconnected => sub { print "client Disconnected\n" },
);
print "new has returned ", $client > $id ? "a later id" : "?", "\n";
POE::Kernel->run;
print "run has returned\n";

# R344 R345: requests in, responses out
use strict; use warnings; use POE; use POE::Filter::HTTPD; use HTTP::Response;
$| = 1;

sub show { my $list = shift; join "; ", map { my $r = $_; $r->isa("HTTP::Response") ? "refused " . $r->code : join " ", $r->method, $r->uri, $r->protocol, "<" . $r->content . ">", map { my $v = $r->header($_); defined $v ? "$_=$v" : () } qw(host x-a content-length) } @$list }
sub feed { my ($name, @chunks) = @_; my $filter = POE::Filter::HTTPD->new(MaxContent => 10); print "$name: ", join(" | ", map { show($filter->get([$_])) } @chunks), "\n" }
feed("get", "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
feed("cut", "GE", "T /a HT", "TP/1.1\r\nHost: h\r", "\n\r\n");
feed("line feeds", "GET /a HTTP/1.1\nHost: h\n\n");
feed("blank lines", "\r\n\r\n", "\nGET /a HTTP/1.0\r\n\r\n");
feed("no version", "GET /a\r\n\r\n");
feed("slashes", "GET ///a//b HTTP/1.1\r\n\r\n");
feed("continued", "GET /a HTTP/1.1\r\nX-A: 1\r\n  2\r\n\t3\r\nHost: h\r\n\r\n");
feed("twice", "GET /a HTTP/1.1\r\nX-A: 1\r\nX_a: 2\r\n\r\n");
feed("pipelined", "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
feed("content", "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", "cd", "e\r\nGET /b HTTP/1.1\r\n\r\n");
feed("no content", "POST /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
feed("no line", "nonsense\r\n\r\n");
feed("no number", "POST /a HTTP/1.1\r\nContent-Length: five\r\n\r\n");
feed("no length", "POST /a HTTP/1.1\r\nContent-Encoding: gzip\r\n\r\n");
feed("no length 1.0", "POST /a HTTP/1.0\r\nContent-Encoding: gzip\r\n\r\n");
feed("too long", "POST /a HTTP/1.1\r\nContent-Length: 11\r\n\r\n");
feed("just so", "POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789");
my $filter = POE::Filter::HTTPD->new; $filter->get(["GET /"]);
print "pending <", $filter->get_pending->[0], "> ", $filter->clone->get_pending ? "some" : "none", "\n";
for my $message ("Fine", "OK") {
  my $response = HTTP::Response->new(200, $message, ["Content-Type" => "text/plain", "Content-Length" => 3], "abc"); $response->protocol("HTTP/1.1");
  my ($head, $body) = split /\r\n\r\n/, $filter->put([$response])->[0]; my ($first, @lines) = split /\r\n/, $head;
  print join(" | ", $first, sort(@lines), $body), "\n";
}

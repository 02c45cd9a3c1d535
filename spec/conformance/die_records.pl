# R160 R163 R166: what run raises: text of an object, the first of two, and an error while dying
use strict; use warnings; use POE;
$| = 1;

package Thing { use overload '""' => sub { "a thing" }, fallback => 1; sub new { bless {} } }
sub text { my $text = shift; $text =~ s/ at \S+ line.*//gs; $text =~ s/\n.*//s; $text }
sub says { my ($what, $states) = @_;
  POE::Session->create(inline_states => $states);
  print "$what: ", (eval { POE::Kernel->run; 1 } ? "fine" : text($@) . ($@ =~ /second/ && $@ =~ /first/ ? " and second" : "")), "\n" }
says("object", {
  _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->yield("boom") },
  boom   => sub { die Thing->new },
  died   => sub { my $i = $_[ARG1]; print ref $i->{error_str} eq "Thing" ? "the object itself, event $i->{event}\n" : "?\n" },
});
says("two in a slice", {
  _start => sub { $_[KERNEL]->yield("boom", "first"); $_[KERNEL]->yield("boom", "other") },
  boom   => sub { print "$_[ARG0]\n"; die "$_[ARG0]\n" },
});
says("while dying", {
  _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->yield("boom") },
  boom   => sub { die "first\n" },
  died   => sub { my $text = $_[ARG1]{error_str}; chomp $text; print "DIE $text\n"; die "second\n" if $text =~ /^first/; },
});
says("handled, while dying", {
  _start => sub { $_[KERNEL]->sig(DIE => "died"); $_[KERNEL]->yield("boom") },
  boom   => sub { die "first\n" },
  died   => sub { my $text = $_[ARG1]{error_str}; chomp $text; print "DIE $text\n"; if ($text =~ /^first/) { $_[KERNEL]->sig_handled; die "second\n" } },
});

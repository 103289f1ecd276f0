# What Perl's MIME::Parser shows of mails, as the gateways built on it run it. Setup: libmime-tools-perl.
# Test: tests/it/readers.rs; the README here says what goes in and comes out. With the argument `uu` it looks for uuencoded files too.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Encode qw(decode FB_DEFAULT);
use JSON::PP;
use MIME::Parser;

my $uu = (shift // '') eq 'uu';
my $json = JSON::PP->new->utf8->canonical;
local $SIG{__WARN__} = sub { };
$| = 1;

sub clean {
    my ($text) = @_;
    return undef unless defined $text;
    $text =~ s/\s+\z//;
    return utf8::is_utf8($text) ? $text : decode('UTF-8', $text, FB_DEFAULT);
}

# No API of its own says what is an attachment: whatever has a name, or says so, or is no text, as MIMEDefang and Amavis have it.
sub is_attachment {
    my ($part, $name) = @_;
    my $said = lc(($part->head->mime_attr('content-disposition')) // '');
    return $said eq 'attachment' || defined $name || $part->effective_type !~ m{^(text|multipart)/}i;
}

sub leaf {
    my ($part, $data, $within, $needles) = @_;
    (my $plain = $data) =~ s/\r//g;
    $plain =~ s{^\n+|\n+\z}{}g;
    my $name = $part->head->recommended_filename;
    return {
        type        => lc clean($part->effective_type),
        name        => clean($name),
        disposition => clean(scalar $part->head->mime_attr('content-disposition')),
        cid         => clean(scalar $part->head->get('content-id')),
        size        => length $data,
        plain_size  => length $plain,
        sha256      => sha256_hex($data),
        plain       => sha256_hex($plain),
        attachment  => is_attachment($part, $name) ? JSON::PP::true : JSON::PP::false,
        within      => $within,
        found       => [ map { unpack 'H*', $_ } grep { index($data, $_) >= 0 } @$needles ],
    };
}

sub walk {
    my ($part, $within, $needles, $leaves) = @_;
    if ($part->effective_type =~ m{^message/}i && $part->parts) {
        push @$leaves, leaf($part, join('', map { $_->as_string } $part->parts), $within, $needles);
        my $own = $#$leaves;
        walk($_, $own, $needles, $leaves) for $part->parts;
    }
    elsif ($part->parts) {
        walk($_, $within, $needles, $leaves) for $part->parts;
    }
    elsif ($part->bodyhandle || $part->effective_type !~ m{^multipart/}i) {
        my $data = $part->bodyhandle ? $part->bodyhandle->as_string : '';
        push @$leaves, leaf($part, $data, $within, $needles);
    }
}

sub read_mail {
    my ($path, @needles) = @_;
    my @leaves;
    my $fine = eval {
        my $parser = MIME::Parser->new;
        $parser->output_to_core(1);
        $parser->tmp_to_core(1);
        $parser->extract_uuencode($uu);
        $parser->extract_nested_messages(1);
        walk($parser->parse_open($path), undef, \@needles, \@leaves);
        1;
    };
    return $fine ? { leaves => \@leaves } : { leaves => \@leaves, died => clean("$@") };
}

print $json->encode({ reader => $uu ? 'perl-uu' : 'perl', version => "$MIME::Parser::VERSION" }), "\n";
while (my $line = <STDIN>) {
    my ($path, @hexes) = split ' ', $line;
    print $json->encode(read_mail($path, map { pack 'H*', $_ } @hexes)), "\n";
}

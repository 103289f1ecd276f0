# Reads delivery reports with Sisimai: one line of JSON for each file named.
use strict;
use warnings;
use Sisimai;
use JSON::PP;

for my $path (@ARGV) {
    my $found = Sisimai->make($path, 'delivered' => 1, 'vacation' => 0) || [];
    my @said = map { {
        'recipient' => $_->recipient->address,
        'action'    => $_->action,
        'status'    => $_->deliverystatus,
        'code'      => $_->diagnosticcode,
        'reason'    => $_->reason,
        'sender'    => $_->addresser->address,
        'lhost'     => $_->rhost,
    } } @$found;
    print JSON::PP->new->canonical->encode(\@said), "\n";
}

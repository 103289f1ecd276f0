#!/usr/bin/perl
# A centre for text messages (SMSC) over Debian's libnet-smpp-perl, Net::SMPP: a second implementation of SMPP 3.4 (tests/it/peers_smpp.rs).
# Setup: apt-get install libnet-smpp-perl
# Test: smsc.pl PORT PASSWORD [DIGITS]. Listens on loopback, one client at a time, and prints a line for each PDU that it understands. A
# number that ends with 98 does not exist, one that ends with 77 is throttled once, a message to one that ends with 66 is not delivered; the
# first to one that ends with 55 is taken, and the connection ends before the answer. With
# DIGITS the text of receipts has ids otherwise than answers and fields have them: `decimal` for hexadecimal ones, `hex` for decimal ones.
use strict;
use warnings;
use Net::SMPP;

$| = 1;
my ($port, $password, $digits) = (@ARGV, 'same');
my $centre = Net::SMPP->new_listen('127.0.0.1', port => $port) or die "cannot listen: $!";
my ($number, %throttled, %mute) = (0);

sub receipt {
    my ($client, $pdu, $id, $arrived) = @_;
    my ($word, $state) = $arrived ? ('DELIVRD', 2) : ('UNDELIV', 5);
    my @to = (
        source_addr_ton => 1, source_addr_npi => 1, source_addr => $pdu->{destination_addr},
        dest_addr_ton => 5, dest_addr_npi => 0, destination_addr => $pdu->{source_addr},
    );
    # Every second one says it in the text alone, as appendix B has it.
    my @fields = $number % 2 ? () : (receipted_message_id => "$id\0", message_state => pack('C', $state));
    my $written = $digits eq 'decimal' ? sprintf('%010u', hex $id) : $digits eq 'hex' ? sprintf('%08X', $id) : $id;
    my $text = "id:$written sub:001 dlvrd:001 submit date:2511211402 done date:2511211402 stat:$word err:000 text:";
    $client->deliver_sm(@to, esm_class => 4, short_message => $text, async => 1, @fields);
}

sub submitted {
    my ($client, $pdu) = @_;
    my $to = $pdu->{destination_addr};
    print join(' ', 'submit', $to, $pdu->{source_addr_ton}, $pdu->{source_addr}, $pdu->{esm_class}, $pdu->{data_coding},
        $pdu->{registered_delivery}, unpack('H*', $pdu->{short_message})), "\n";
    return 0 if $to =~ /55$/ && !$mute{$to}++;
    my $status = $to =~ /98$/ ? 0x0b : $to =~ /77$/ && !$throttled{$to}++ ? 0x58 : 0;
    # 10, 11, … are numbers either way, and other ones.
    my $form = $digits eq 'decimal' ? '%x' : $digits eq 'hex' ? '%u' : 'a%07x';
    my $id = $status ? '' : sprintf $form, ++$number + ($digits eq 'same' ? 0 : 15);
    $client->submit_sm_resp(seq => $pdu->{seq}, status => $status, message_id => $id);
    receipt($client, $pdu, $id, $to !~ /66$/) if $pdu->{registered_delivery} && !$status;
    return 1;
}

sub serve {
    my ($client) = @_;
    while (my $pdu = $client->read_pdu) {
        my $cmd = $pdu->{cmd};
        if ($cmd == Net::SMPP::CMD_bind_transceiver) {
            my $bad = $pdu->{password} ne $password;
            print "bind $pdu->{system_id} $pdu->{system_type} ", $bad ? 'refused' : 'welcome', "\n";
            $client->bind_transceiver_resp(seq => $pdu->{seq}, status => $bad ? 0x0e : 0, system_id => 'centre');
            return if $bad;
        }
        elsif ($cmd == Net::SMPP::CMD_submit_sm) { submitted($client, $pdu) or return }
        elsif ($cmd == Net::SMPP::CMD_enquire_link) {
            print "enquire\n";
            $client->enquire_link_resp(seq => $pdu->{seq});
        }
        elsif ($cmd == Net::SMPP::CMD_deliver_sm_resp) { print "heard $pdu->{status}\n" }
        elsif ($cmd == Net::SMPP::CMD_unbind) {
            print "unbind\n";
            $client->unbind_resp(seq => $pdu->{seq});
            return;
        }
    }
}

print "listening\n";
while (1) {
    my $client = $centre->accept or next;
    serve($client);
    print "gone\n";
    close $client;
}

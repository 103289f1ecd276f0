//! SMPP 3.4, as much of it as somebody needs who sends text messages: to bind, to submit, to hear receipts, to stay alive, to leave.
//!
//! A codec of our own: these are nine PDUs of the thirty, and what a stranger's lengths may do is ours to say (T101).
//! Promises: no PDU is longer than [`MAX_PDU`], whatever it says of itself, and no more than that is ever kept; a length inside a PDU never
//! leads outside of it; what is not understood is named by its command and can be refused. Nothing of a password is in an error.
//! Leaves to others: the order of things, sequence numbers, time (`notify::smpp`).

/// Longest PDU that is read, in bytes. What a network sends to us takes some hundreds.
pub const MAX_PDU: usize = 64 * 1024;

/// Length, command, status, sequence number; four bytes each.
const HEADER: usize = 16;
/// In a command: it answers one.
const RESPONSE: u32 = 0x8000_0000;

const GENERIC_NACK: u32 = RESPONSE;
const SUBMIT_SM: u32 = 4;
const DELIVER_SM: u32 = 5;
const UNBIND: u32 = 6;
const BIND_TRANSCEIVER: u32 = 9;
const ENQUIRE_LINK: u32 = 0x15;

const TLV_RECEIPTED_MESSAGE_ID: u16 = 0x001e;
const TLV_MESSAGE_STATE: u16 = 0x0427;

/// All is well.
pub const OK: u32 = 0;
/// The command is not known here.
pub const INVALID_COMMAND: u32 = 3;
/// Not now: the network says it again later.
pub const TRY_AGAIN: u32 = 0x64;

/// One PDU that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// What it is about; an answer has its question's.
    pub sequence: u32,
    /// Zero, or what went wrong.
    pub status: u32,
    /// What it says.
    pub what: What,
}

/// What networks say to those who send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An answer to [`bind`].
    Bound,
    /// An answer to [`Submit`]: what the message is called from now on; empty if it was refused.
    Submitted(String),
    /// A message or a receipt for us.
    Deliver(Box<Delivery>),
    /// Whether we are there.
    EnquireLink,
    /// An answer to [`enquire_link`].
    LinkThere,
    /// It ends the session.
    Unbind,
    /// An answer to [`unbind`].
    Unbound,
    /// It did not understand something of ours.
    Nack,
    /// Another command.
    Other(u32),
}

/// A receipt, or a message from a telephone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// True for a receipt (bits 2 to 5 of `esm_class`).
    pub is_receipt: bool,
    /// Its text, in whatever coding.
    pub text: Vec<u8>,
    /// `receipted_message_id`.
    pub message: Option<String>,
    /// `message_state`.
    pub state: Option<u8>,
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submit<'a> {
    /// Type, plan and characters of whom telephones show.
    pub source: (u8, u8, &'a str),
    /// Digits of an international number, without the plus sign.
    pub number: &'a str,
    /// The text begins with a header that says which part it is.
    pub has_header: bool,
    /// 0 for the network's own alphabet, GSM 03.38; 8 for UCS-2.
    pub coding: u8,
    /// Whether a receipt is wanted.
    pub receipt: bool,
    /// At most 254 bytes.
    pub text: &'a [u8],
}

/// Bytes that are no SMPP. The connection is of no use any more, as nobody knows where the next PDU begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The length is below a header's or above [`MAX_PDU`].
    Length(u32),
    /// It ends inside a field.
    Cut,
}

/// How many bytes the first PDU in `bytes` has; `None` until that is known.
pub fn length(bytes: &[u8]) -> Result<Option<usize>, Broken> {
    let Some(first) = bytes.first_chunk::<4>() else {
        return Ok(None);
    };
    let said = u32::from_be_bytes(*first);
    match usize::try_from(said) {
        Ok(length) if (HEADER..=MAX_PDU).contains(&length) => Ok(Some(length)),
        _ => Err(Broken::Length(said)),
    }
}

/// Reads one PDU, all of it and nothing else.
pub fn read(pdu: &[u8]) -> Result<Arrived, Broken> {
    let mut rest = Rest(pdu);
    let [_, command, status, sequence] = [rest.four()?, rest.four()?, rest.four()?, rest.four()?];
    let what = match command {
        c if c == BIND_TRANSCEIVER | RESPONSE => What::Bound,
        // A network that refuses may leave the body out.
        c if c == SUBMIT_SM | RESPONSE && rest.0.is_empty() => What::Submitted(String::new()),
        c if c == SUBMIT_SM | RESPONSE => What::Submitted(rest.string()?),
        DELIVER_SM => What::Deliver(Box::new(rest.delivery()?)),
        ENQUIRE_LINK => What::EnquireLink,
        c if c == ENQUIRE_LINK | RESPONSE => What::LinkThere,
        UNBIND => What::Unbind,
        c if c == UNBIND | RESPONSE => What::Unbound,
        GENERIC_NACK => What::Nack,
        other => What::Other(other),
    };
    Ok(Arrived {
        sequence,
        status,
        what,
    })
}

impl What {
    /// True if it answers something of ours, so that it is not answered.
    pub fn is_answer(&self) -> bool {
        match self {
            What::Other(command) => command & RESPONSE != 0,
            What::Deliver(_) | What::EnquireLink | What::Unbind => false,
            _ => true,
        }
    }
}

/// What was not read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Broken> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Broken::Cut)?;
        self.0 = rest;
        Ok(taken)
    }

    fn one(&mut self) -> Result<u8, Broken> {
        Ok(self.take(1)?[0])
    }

    fn two(&mut self) -> Result<u16, Broken> {
        let bytes = self.take(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn four(&mut self) -> Result<u32, Broken> {
        let bytes = self.take(4)?;
        Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// A text that ends with a zero. What is no UTF-8 is replaced: ids are ASCII everywhere.
    fn string(&mut self) -> Result<String, Broken> {
        let end = self.0.iter().position(|byte| *byte == 0);
        let text = self.take(end.ok_or(Broken::Cut)?)?;
        self.take(1)?;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    fn delivery(&mut self) -> Result<Delivery, Broken> {
        self.string()?; // service_type
        for _ in 0..2 {
            self.take(2)?; // type and plan
            self.string()?; // address
        }
        let class = self.one()?;
        self.take(2)?; // protocol, priority
        self.string()?; // schedule
        self.string()?; // validity
        self.take(4)?; // registered delivery, replace, coding, default message
        let length = self.one()?;
        let mut delivery = Delivery {
            is_receipt: class & 0b0011_1100 == 0b0000_0100,
            text: self.take(length.into())?.to_vec(),
            ..Delivery::default()
        };
        while !self.0.is_empty() {
            let (tag, length) = (self.two()?, self.two()?);
            let value = self.take(length.into())?;
            match tag {
                TLV_RECEIPTED_MESSAGE_ID => {
                    let end = value.iter().position(|byte| *byte == 0);
                    let id = &value[..end.unwrap_or(value.len())];
                    delivery.message = Some(String::from_utf8_lossy(id).into_owned());
                }
                TLV_MESSAGE_STATE => delivery.state = value.first().copied(),
                _ => {}
            }
        }
        Ok(delivery)
    }
}

impl Delivery {
    /// What the message is called that a receipt is about: its own field, or `id:` in the text (appendix B).
    pub fn about(&self) -> Option<String> {
        self.message.clone().or_else(|| self.word("id:"))
    }

    /// The same where text and field may differ: as the text has it.
    pub fn about_in_text(&self) -> Option<String> {
        self.word("id:").or_else(|| self.message.clone())
    }

    /// What became of it: true if it arrived, false if it never will; `None` if that is not the end of it.
    pub fn arrived(&self) -> Option<bool> {
        match (self.state, self.word("stat:").as_deref()) {
            (Some(2), _) | (None, Some("DELIVRD")) => Some(true),
            (Some(3 | 4 | 5 | 8), _) => Some(false),
            (None, Some("EXPIRED" | "DELETED" | "UNDELIV" | "REJECTD")) => Some(false),
            _ => None,
        }
    }

    fn word(&self, key: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.text);
        let words = text.split_ascii_whitespace();
        let mut found = words.filter_map(|word| word.strip_prefix(key));
        found.next().map(str::to_owned)
    }
}

/// Asks to be let in, to send and to hear receipts.
pub fn bind(sequence: u32, system_id: &str, password: &str, system_type: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for text in [system_id, password, system_type] {
        string(&mut body, text);
    }
    body.extend([0x34, 0, 0, 0]); // version 3.4; any address
    pdu(BIND_TRANSCEIVER, OK, sequence, &body)
}

impl Submit<'_> {
    /// As a PDU.
    pub fn pdu(&self, sequence: u32) -> Vec<u8> {
        let mut body = vec![0]; // service_type
        let (kind, plan, source) = self.source;
        body.extend([kind, plan]);
        string(&mut body, source);
        body.extend([1, 1]); // international, E.164
        string(&mut body, self.number);
        let class = if self.has_header { 0x40 } else { 0 };
        body.extend([class, 0, 0]); // protocol, priority
        body.extend([0, 0]); // schedule, validity
        body.extend([self.receipt.into(), 0, self.coding, 0]);
        let text = &self.text[..self.text.len().min(254)];
        body.push(text.len() as u8);
        body.extend(text);
        pdu(SUBMIT_SM, OK, sequence, &body)
    }
}

/// Whether the network is there.
pub fn enquire_link(sequence: u32) -> Vec<u8> {
    pdu(ENQUIRE_LINK, OK, sequence, &[])
}

/// Ends a session.
pub fn unbind(sequence: u32) -> Vec<u8> {
    pdu(UNBIND, OK, sequence, &[])
}

/// The answer to what arrived, if it is to have one.
pub fn answer(arrived: &Arrived, status: u32) -> Option<Vec<u8>> {
    let sequence = arrived.sequence;
    match &arrived.what {
        what if what.is_answer() => None,
        // The body is a message's id, which nobody has.
        What::Deliver(_) => Some(pdu(DELIVER_SM | RESPONSE, status, sequence, &[0])),
        What::EnquireLink => Some(pdu(ENQUIRE_LINK | RESPONSE, OK, sequence, &[])),
        What::Unbind => Some(pdu(UNBIND | RESPONSE, OK, sequence, &[])),
        _ => Some(pdu(GENERIC_NACK, INVALID_COMMAND, sequence, &[])),
    }
}

/// Gives a PDU that was written another number.
pub fn renumber(pdu: &mut [u8], sequence: u32) {
    if let Some(number) = pdu.get_mut(12..HEADER) {
        number.copy_from_slice(&sequence.to_be_bytes());
    }
}

/// A zero inside would end the field early: what follows it is left out.
fn string(body: &mut Vec<u8>, text: &str) {
    body.extend(text.bytes().take_while(|byte| *byte != 0));
    body.push(0);
}

fn pdu(command: u32, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = (HEADER + body.len()) as u32;
    let header = [length, command, status, sequence].map(u32::to_be_bytes);
    [&header.concat(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PDU as a network writes it.
    fn sent(command: u32, status: u32, body: &[u8]) -> Vec<u8> {
        pdu(command, status, 7, body)
    }

    fn receipt(text: &[u8], more: &[u8]) -> Vec<u8> {
        let head = b"\0\x01\x01467\0\x05\0X\0\x04\0\0\0\0\0\0\0\0";
        let body = [&head[..], &[text.len() as u8], text, more].concat();
        sent(DELIVER_SM, 0, &body)
    }

    fn what(pdu: &[u8]) -> What {
        read(pdu).expect("it can be read").what
    }

    /// The example of the specification's section 3.2.3, and what we write, byte by byte.
    #[test]
    fn what_is_written_is_what_the_specification_shows() {
        let bound = bind(1, "SMPP3TEST", "secret08", "SUBMIT1");
        let known =
            b"\0\0\0\x2f\0\0\0\x09\0\0\0\0\0\0\0\x01SMPP3TEST\0secret08\0SUBMIT1\0\x34\0\0\0";
        assert_eq!(bound, known);
        let submit = Submit {
            source: (5, 0, "Example"),
            number: "46701234547",
            has_header: true,
            coding: 8,
            receipt: true,
            text: b"\x05\0\x03\x01\x02\x01\0A",
        };
        let known = b"\0\0\0\x42\0\0\0\x04\0\0\0\0\0\0\0\x02\0\x05\0Example\0\x01\x0146701234547\0\x40\0\0\0\0\x01\0\x08\0\x08\x05\0\x03\x01\x02\x01\0A";
        let written = submit.pdu(2);
        assert_eq!(written[4..], known[4..]);
        assert_eq!(length(&written), Ok(Some(written.len())));
        assert_eq!(enquire_link(3), b"\0\0\0\x10\0\0\0\x15\0\0\0\0\0\0\0\x03");
    }

    #[test]
    fn what_networks_say_is_understood() {
        let rows = [
            (sent(0x8000_0009, 0, b"SMSC\0"), What::Bound),
            (sent(0x8000_0009, 0xe, b""), What::Bound),
            (
                sent(0x8000_0004, 0, b"a1f\0"),
                What::Submitted("a1f".into()),
            ),
            (sent(0x8000_0004, 0x58, b""), What::Submitted("".into())),
            (sent(0x15, 0, b""), What::EnquireLink),
            (sent(0x8000_0015, 0, b""), What::LinkThere),
            (sent(6, 0, b""), What::Unbind),
            (sent(0x8000_0000, 3, b""), What::Nack),
            (sent(0x0b, 0, b"x\0y\0"), What::Other(0x0b)),
        ];
        for (pdu, want) in rows {
            assert_eq!(what(&pdu), want);
        }
    }

    #[test]
    fn receipts_are_read_from_their_fields_and_from_their_text() {
        let text = b"id:0123456789 sub:001 dlvrd:001 submit date:2511211402 done date:2511211402 stat:DELIVRD err:000 text:";
        let fields = b"\0\x1e\0\x04ab1\0\x04\x27\0\x01\x05\x02\x0a\0\0";
        type Row<'a> = (&'a [u8], &'a [u8], Option<&'a str>, Option<bool>);
        let rows: [Row<'_>; 5] = [
            (text, b"", Some("0123456789"), Some(true)),
            (b"id:7 stat:UNDELIV", b"", Some("7"), Some(false)),
            (b"id:7 stat:ENROUTE", b"", Some("7"), None),
            (text, fields, Some("ab1"), Some(false)),
            (b"hello", b"", None, None),
        ];
        for (text, more, about, arrived) in rows {
            let What::Deliver(delivery) = what(&receipt(text, more)) else {
                panic!("a delivery");
            };
            assert!(delivery.is_receipt);
            assert_eq!(delivery.about().as_deref(), about);
            let in_text = delivery.about_in_text();
            let first = if more.is_empty() {
                about
            } else {
                Some("0123456789")
            };
            assert_eq!(in_text.as_deref(), first);
            assert_eq!(delivery.arrived(), arrived);
        }
    }

    #[test]
    fn t101_a_length_that_lies_leads_nowhere() {
        for said in [0, 1, 15, MAX_PDU as u32 + 1, u32::MAX] {
            assert_eq!(length(&said.to_be_bytes()), Err(Broken::Length(said)));
        }
        assert_eq!(length(&[0, 0]), Ok(None));
        assert_eq!(length(&[0, 0, 0, 16]), Ok(Some(16)));
        let whole = receipt(b"id:7 stat:DELIVRD", b"\0\x1e\0\x04ab1\0");
        let head = HEADER;
        for cut in 0..whole.len() {
            let read = read(&whole[..cut]);
            // Where its last field begins, a shorter one is whole.
            let is_whole = cut == whole.len() - 8;
            assert_eq!(read.is_ok(), is_whole, "{cut} of {} ({head})", whole.len());
        }
        // A text longer than the PDU, and a field.
        let mut longer = whole.clone();
        longer[16 + 20] = 0xff;
        assert_eq!(read(&longer), Err(Broken::Cut));
        let end = whole.len() - 5;
        longer.clone_from(&whole);
        longer[end] = 0xff;
        assert_eq!(read(&longer), Err(Broken::Cut));
    }

    #[test]
    fn answers_go_to_questions_only() {
        let arrived = |command, body: &[u8]| read(&sent(command, 0, body)).expect("it can be read");
        let answered = |arrived: Arrived, status| {
            let pdu = answer(&arrived, status)?;
            Some((
                u32::from_be_bytes([pdu[4], pdu[5], pdu[6], pdu[7]]),
                pdu[11],
                pdu[15],
            ))
        };
        assert_eq!(answered(arrived(0x15, b""), OK), Some((0x8000_0015, 0, 7)));
        assert_eq!(answered(arrived(6, b""), OK), Some((0x8000_0006, 0, 7)));
        assert_eq!(answered(arrived(0x0b, b""), OK), Some((0x8000_0000, 3, 7)));
        let delivery = read(&receipt(b"x", b"")).expect("it can be read");
        assert_eq!(answered(delivery, TRY_AGAIN), Some((0x8000_0005, 0x64, 7)));
        for command in [0x8000_0000, 0x8000_0004, 0x8000_0015, 0x8000_0103] {
            assert_eq!(answered(arrived(command, b""), OK), None);
        }
    }

    #[test]
    fn a_zero_cannot_begin_another_field() {
        let bound = bind(1, "a\0b", "c", "");
        assert_eq!(&bound[16..], b"a\0c\0\0\x34\0\0\0");
    }
}

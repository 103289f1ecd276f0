//! The milter protocol, version 6 and the older ones that mail servers fall back to: one packet in, one [`Command`] out, and back.
//!
//! There is no standard; what libmilter's `mfdef.h` says and what Postfix and Sendmail really send is the standard. A packet is four bytes
//! of length (most significant first, of what follows), a letter, and data that mostly ends with NUL.
//! Promises: a length is judged by its letter before anything of its size is held; text holds no NUL; nothing here panics on any bytes.
//! Leaves to others: the order of packets (`doors::milter`), what MAIL and RCPT say (`wire::smtp`).
//! Fails with [`Malformed`], behind which the peer cannot be believed any more: its connection has to end.

use std::fmt;
use std::net::IpAddr;

/// The version that we speak.
pub const VERSION: u32 = 6;

/// What a filter may ask to be allowed to do.
pub mod actions {
    /// Add and insert header fields.
    pub const ADD_HEADERS: u32 = 0x01;
    /// Replace the body.
    pub const CHANGE_BODY: u32 = 0x02;
    /// Change and delete header fields.
    pub const CHANGE_HEADERS: u32 = 0x10;
}

/// How a server is to speak with a filter.
pub mod steps {
    /// No UNKNOWN.
    pub const NO_UNKNOWN: u32 = 0x100;
    /// No DATA.
    pub const NO_DATA: u32 = 0x200;
    /// White space behind a field's colon belongs to its value, both ways.
    pub const LEADING_SPACE: u32 = 0x10_0000;
    /// The filter does not answer header fields, the connection, HELO, MAIL, RCPT, the end of the header, body blocks.
    pub const UNANSWERED: u32 = 0x80 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x4_0000 | 0x8_0000;
    /// Each of [`UNANSWERED`] with the letter of its command.
    pub const ANSWERED_BY: [(u8, u32); 7] = [
        (b'L', 0x80),
        (b'C', 0x1000),
        (b'H', 0x2000),
        (b'M', 0x4000),
        (b'R', 0x8000),
        (b'N', 0x4_0000),
        (b'B', 0x8_0000),
    ];
}

/// Longest block of a body in one packet that every server takes (`MILTER_CHUNK_SIZE`).
pub const BLOCK: usize = 65_535;

/// Largest packet with a header field or a body block: servers send at most 64 KiB of body, and limit header fields themselves (Postfix
/// `header_size_limit` 100 KiB, Sendmail `MaxHeadersLength` 32 KiB).
const LARGE: usize = 1024 * 1024;

/// Largest other packet: macros and addresses.
const SMALL: usize = 64 * 1024;

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command<'a> {
    /// The mail is given up; the connection stays.
    Abort,
    /// The next bytes of the body.
    Body(&'a [u8]),
    /// Who connected to the server. `None` without an address (a local program, a Unix socket).
    Connect {
        /// Its name in the DNS, or its address in brackets.
        name: &'a str,
        /// Where from.
        address: Option<(IpAddr, u16)>,
    },
    /// DATA was said.
    Data,
    /// The mail is complete; here are the last bytes of its body, mostly none.
    EndOfMail(&'a [u8]),
    /// The header is complete.
    EndOfHeader,
    /// One header field. With [`steps::LEADING_SPACE`] the value is as it stands behind the colon, continuation lines by LF.
    Header {
        /// Its name.
        name: &'a [u8],
        /// What stands behind the colon.
        value: &'a [u8],
    },
    /// HELO or EHLO was said.
    Helo(&'a str),
    /// MAIL was said: the address as written, and the parameters.
    Mail(Vec<&'a str>),
    /// Values of names that hold for the command of this letter.
    Macros(u8, Vec<(&'a str, &'a str)>),
    /// What the server offers.
    Negotiate(Offer),
    /// The end of the connection.
    Quit,
    /// The end of the client's connection; another one follows here.
    QuitForNext,
    /// RCPT was said: the address as written, and the parameters.
    Recipient(Vec<&'a str>),
    /// The client said what the server does not know.
    Unknown,
}

/// Version, actions, steps: what one side can, or wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Of the protocol.
    pub version: u32,
    /// See [`actions`].
    pub actions: u32,
    /// See [`steps`].
    pub steps: u32,
}

/// What a filter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response<'a> {
    /// Another field, behind the others.
    AddHeader {
        /// Its name.
        name: &'a str,
        /// What stands behind the colon, continuation lines by LF.
        value: &'a str,
    },
    /// Another value for a field; an empty one takes it away.
    ChangeHeader {
        /// Which of those with this name, from 1.
        index: u32,
        /// Its name.
        name: &'a str,
        /// See [`Response::AddHeader`].
        value: &'a str,
    },
    /// Nothing (more) to say; the mail goes on.
    Continue,
    /// The server says that it has taken the mail, and forgets it.
    Discard,
    /// Another field, on top.
    InsertHeader {
        /// Its name.
        name: &'a str,
        /// See [`Response::AddHeader`].
        value: &'a str,
    },
    /// What we agree on.
    Negotiate(Offer),
    /// Still at work: keeps the server waiting.
    Progress,
    /// The next bytes of another body, at most [`BLOCK`].
    ReplaceBody(&'a [u8]),
    /// The client hears this instead: `451 4.3.0 text`. Per cent signs are ours to double.
    Reply(&'a str),
}

/// What a peer said that no mail server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// A packet without a letter.
    Empty,
    /// Larger than any packet of its kind.
    TooLarge(u8),
    /// A letter that we do not know.
    Letter(u8),
    /// Its data is not as its letter wants it.
    Data(u8),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::Empty => f.write_str("an empty packet"),
            Malformed::TooLarge(letter) => write!(f, "packet {:?} is too large", char(letter)),
            Malformed::Letter(letter) => write!(f, "unknown packet {:?}", char(letter)),
            Malformed::Data(letter) => write!(f, "packet {:?} cannot be read", char(letter)),
        }
    }
}

impl std::error::Error for Malformed {}

fn char(letter: &u8) -> char {
    char::from(*letter)
}

/// How many bytes the first packet of `input` has, its length included. `None`: not enough is here to say.
pub fn length(input: &[u8]) -> Option<Result<usize, Malformed>> {
    let (length, rest) = input.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    if length == 0 {
        return Some(Err(Malformed::Empty));
    }
    let letter = *rest.first()?;
    let most = match letter {
        b'L' | b'B' | b'E' => LARGE,
        _ => SMALL,
    };
    Some(match length <= most {
        true => Ok(4 + length),
        false => Err(Malformed::TooLarge(letter)),
    })
}

/// What a packet says: letter and data, without the length.
pub fn command(packet: &[u8]) -> Result<Command<'_>, Malformed> {
    let (letter, data) = packet.split_first().ok_or(Malformed::Empty)?;
    let read = match letter {
        b'A' => Some(Command::Abort),
        b'B' => Some(Command::Body(data)),
        b'C' => connect(data),
        b'D' => macros(data),
        b'E' => Some(Command::EndOfMail(data)),
        b'H' => text(data).map(Command::Helo),
        b'K' => Some(Command::QuitForNext),
        b'L' => header(data),
        b'M' => words(data).map(Command::Mail),
        b'N' => Some(Command::EndOfHeader),
        b'O' => offer(data).map(Command::Negotiate),
        b'Q' => Some(Command::Quit),
        b'R' => words(data).map(Command::Recipient),
        b'T' => Some(Command::Data),
        b'U' => Some(Command::Unknown),
        letter => return Err(Malformed::Letter(*letter)),
    };
    read.ok_or(Malformed::Data(*letter))
}

impl Response<'_> {
    /// Writes it as a packet.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        match self {
            Response::AddHeader { name, value } => packet(
                out,
                b'h',
                &[name.as_bytes(), b"\0", value.as_bytes(), b"\0"],
            ),
            Response::ChangeHeader { index, name, value } => packet(
                out,
                b'm',
                &[
                    &index.to_be_bytes(),
                    name.as_bytes(),
                    b"\0",
                    value.as_bytes(),
                    b"\0",
                ],
            ),
            Response::Continue => packet(out, b'c', &[]),
            Response::Discard => packet(out, b'd', &[]),
            Response::InsertHeader { name, value } => packet(
                out,
                b'i',
                &[
                    &0u32.to_be_bytes(),
                    name.as_bytes(),
                    b"\0",
                    value.as_bytes(),
                    b"\0",
                ],
            ),
            Response::Negotiate(offer) => packet(
                out,
                b'O',
                &[
                    &offer.version.to_be_bytes(),
                    &offer.actions.to_be_bytes(),
                    &offer.steps.to_be_bytes(),
                ],
            ),
            Response::Progress => packet(out, b'p', &[]),
            Response::ReplaceBody(block) => packet(out, b'b', &[block]),
            // Sendmail gives the text to printf (libmilter doubles them too).
            Response::Reply(text) => {
                packet(out, b'y', &[text.replace('%', "%%").as_bytes(), b"\0"])
            }
        }
    }
}

fn packet(out: &mut Vec<u8>, letter: u8, data: &[&[u8]]) {
    let length = 1 + data.iter().map(|piece| piece.len()).sum::<usize>();
    let length = u32::try_from(length).expect("a packet of ours is small: a body goes in blocks");
    out.extend_from_slice(&length.to_be_bytes());
    out.push(letter);
    data.iter().for_each(|piece| out.extend_from_slice(piece));
}

/// Version, actions, steps; a newer server may say more.
fn offer(data: &[u8]) -> Option<Offer> {
    let number = |at: usize| {
        let bytes = data.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    };
    Some(Offer {
        version: number(0)?,
        actions: number(4)?,
        steps: number(8)?,
    })
}

/// Name NUL family, and for all but an unknown one a port and an address with NUL.
fn connect(data: &[u8]) -> Option<Command<'_>> {
    let end = memchr::memchr(0, data)?;
    let name = std::str::from_utf8(&data[..end]).ok()?;
    let (family, rest) = data[end + 1..].split_first()?;
    let address = match family {
        b'4' | b'6' => Some(socket(rest)?),
        // A Unix socket has a path here, which says nothing about a client.
        b'L' | b'U' => None,
        _ => return None,
    };
    Some(Command::Connect { name, address })
}

fn socket(data: &[u8]) -> Option<(IpAddr, u16)> {
    let (port, address) = data.split_first_chunk::<2>()?;
    let address = text(address)?;
    // Sendmail writes it as in a mail address literal.
    let lower = address.get(..5).unwrap_or_default();
    let address = match lower.eq_ignore_ascii_case("ipv6:") {
        true => &address[5..],
        false => address,
    };
    let address: IpAddr = address.parse().ok()?;
    Some((address.to_canonical(), u16::from_be_bytes(*port)))
}

/// Letter, then names and values in turn. An odd last one has no value: Sendmail sends none.
fn macros(data: &[u8]) -> Option<Command<'_>> {
    let (letter, data) = data.split_first()?;
    let words = match data {
        [] => Vec::new(),
        data => words(data)?,
    };
    let pairs = words.chunks_exact(2).map(|pair| (pair[0], pair[1]));
    Some(Command::Macros(*letter, pairs.collect()))
}

fn header(data: &[u8]) -> Option<Command<'_>> {
    let end = memchr::memchr(0, data)?;
    let (name, value) = (&data[..end], data[end + 1..].strip_suffix(b"\0")?);
    let is_text = memchr::memchr(0, value).is_none() && !name.is_empty();
    is_text.then_some(Command::Header { name, value })
}

/// One string with its NUL.
fn text(data: &[u8]) -> Option<&str> {
    match words(data)?[..] {
        [text] => Some(text),
        _ => None,
    }
}

/// Strings, each with its NUL; at least one.
fn words(data: &[u8]) -> Option<Vec<&str>> {
    let data = std::str::from_utf8(data.strip_suffix(b"\0")?).ok()?;
    Some(data.split('\0').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postfix_and_sendmail_say_is_understood() {
        let rows: [(&[u8], Command<'_>); 12] = [
            (
                b"O\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff",
                Command::Negotiate(Offer {
                    version: 6,
                    actions: 0x1ff,
                    steps: 0x1f_ffff,
                }),
            ),
            (
                b"DMi\x004XYZ\0{auth_authen}\0anna\0",
                Command::Macros(b'M', vec![("i", "4XYZ"), ("{auth_authen}", "anna")]),
            ),
            (b"DN", Command::Macros(b'N', vec![])),
            (
                b"Cmail.example\x004\x00\x19192.0.2.1\0",
                Command::Connect {
                    name: "mail.example",
                    address: Some(([192, 0, 2, 1].into(), 25)),
                },
            ),
            (
                b"C[::1]\x006\x00\x00IPv6:::1\0",
                Command::Connect {
                    name: "[::1]",
                    address: Some((IpAddr::from([0u16, 0, 0, 0, 0, 0, 0, 1]), 0)),
                },
            ),
            (
                b"Clocalhost\0U",
                Command::Connect {
                    name: "localhost",
                    address: None,
                },
            ),
            (b"Hclient.example\0", Command::Helo("client.example")),
            (
                b"M<anna@a.example>\0SIZE=100\0BODY=8BITMIME\0",
                Command::Mail(vec!["<anna@a.example>", "SIZE=100", "BODY=8BITMIME"]),
            ),
            (
                b"R<bo@b.example>\0",
                Command::Recipient(vec!["<bo@b.example>"]),
            ),
            (
                b"LSubject\0 Hello\n world\0",
                Command::Header {
                    name: b"Subject",
                    value: b" Hello\n world",
                },
            ),
            (b"B\0raw\xff", Command::Body(b"\0raw\xff")),
            (b"E", Command::EndOfMail(b"")),
        ];
        for (packet, means) in rows {
            assert_eq!(command(packet), Ok(means), "{packet:?}");
        }
    }

    #[test]
    fn what_no_server_says_is_not_believed() {
        let rows: [(&[u8], Malformed); 10] = [
            (b"", Malformed::Empty),
            (b"Z", Malformed::Letter(b'Z')),
            (b"O\0\0\0\x06", Malformed::Data(b'O')),
            (b"Hno end", Malformed::Data(b'H')),
            (b"Htwo\0words\0", Malformed::Data(b'H')),
            (b"M\xff\0", Malformed::Data(b'M')),
            (b"LSubject", Malformed::Data(b'L')),
            (b"LX\0a\0b\0", Malformed::Data(b'L')),
            (b"Cname\x004\x00", Malformed::Data(b'C')),
            (b"Cname\x004\0\0somewhere\0", Malformed::Data(b'C')),
        ];
        for (packet, why) in rows {
            assert_eq!(command(packet), Err(why), "{packet:?}");
        }
    }

    #[test]
    fn a_length_is_judged_before_it_is_waited_for() {
        assert_eq!(length(b"\0\0\0"), None);
        assert_eq!(length(b"\0\0\0\x01"), None);
        assert_eq!(length(b"\0\0\0\x01Q"), Some(Ok(5)));
        assert_eq!(length(b"\0\0\0\0"), Some(Err(Malformed::Empty)));
        assert_eq!(length(b"\0\x10\0\0B"), Some(Ok(4 + LARGE)));
        let large = |letter| Some(Err(Malformed::TooLarge(letter)));
        assert_eq!(length(b"\0\x10\0\x01B"), large(b'B'));
        assert_eq!(length(b"\xff\xff\xff\xffM"), large(b'M'));
        assert_eq!(length(b"\0\x02\0\0D"), large(b'D'));
    }

    #[test]
    fn responses_are_packets() {
        let say = |response: Response<'_>| {
            let mut out = Vec::new();
            response.write_to(&mut out);
            out
        };
        assert_eq!(say(Response::Continue), b"\0\0\0\x01c");
        assert_eq!(
            say(Response::Reply("451 4.3.0 100 % full")),
            b"\0\0\0\x17y451 4.3.0 100 %% full\0"
        );
        let change = Response::ChangeHeader {
            index: 2,
            name: "To",
            value: "",
        };
        assert_eq!(say(change), b"\0\0\0\x09m\0\0\0\x02To\0\0");
        let insert = Response::InsertHeader {
            name: "A",
            value: " b",
        };
        assert_eq!(say(insert), b"\0\0\0\x0ai\0\0\0\0A\0 b\0");
    }
}

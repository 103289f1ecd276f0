//! The PROXY protocol (haproxy's `proxy-protocol.txt`, versions 1 and 2): what stands before everything else on a connection that a load
//! balancer opens for somebody → that somebody's address.
//!
//! Promises: never asks for a byte that might belong to what follows the header; at most 107 bytes of version 1 and [`MOST`] of version 2;
//! the result does not depend on how the input is split. Leaves to others: from whom a header is believed (`doors::smtp`).
//! Fails with [`Malformed`] at the first byte that cannot be in a header.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Longest header of version 2 that is read, with its additions (TLVs), in bytes.
pub const MOST: usize = 4096;
/// Longest header of version 1, with CR LF.
const MOST_TEXT: usize = 107;
const TEXT: &[u8] = b"PROXY ";
const BINARY: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, version and command, family, length.
const BINARY_HEAD: usize = 16;

/// What the bytes so far are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The beginning of a header; at most so many more bytes are certainly part of it.
    Needs(usize),
    /// A whole header: the client's address, or `None` if the sender speaks for itself or does not know.
    Whole(Option<IpAddr>),
}

/// The bytes are no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// Reads the bytes so far, never more than were asked for.
pub fn read(bytes: &[u8]) -> Result<Step, Malformed> {
    let begins = |word: &[u8]| {
        let n = bytes.len().min(word.len());
        bytes[..n] == word[..n]
    };
    match bytes.first() {
        None => Ok(Step::Needs(TEXT.len())),
        Some(b'P') if begins(TEXT) => text(bytes),
        Some(b'\r') if begins(BINARY) => binary(bytes),
        _ => Err(Malformed),
    }
}

/// `PROXY TCP4 192.0.2.1 192.0.2.2 49152 25`, or `PROXY UNKNOWN` and anything.
fn text(bytes: &[u8]) -> Result<Step, Malformed> {
    if bytes.len() < TEXT.len() {
        return Ok(Step::Needs(TEXT.len() - bytes.len()));
    }
    let Some(line) = bytes.strip_suffix(b"\r\n") else {
        return match bytes.len() < MOST_TEXT && !bytes.contains(&b'\n') {
            true => Ok(Step::Needs(1)),
            false => Err(Malformed),
        };
    };
    let line = std::str::from_utf8(line).map_err(|_| Malformed)?;
    let words: Vec<&str> = line.split(' ').skip(1).collect();
    let client = match words[..] {
        ["UNKNOWN", ..] => None,
        ["TCP4", from, to, at, port] => Some(ends::<Ipv4Addr>([from, to], [at, port])?.into()),
        ["TCP6", from, to, at, port] => Some(ends::<Ipv6Addr>([from, to], [at, port])?.into()),
        _ => return Err(Malformed),
    };
    Ok(Step::Whole(client))
}

/// The first address, if all four words are what they should be.
fn ends<A: FromStr>(addresses: [&str; 2], ports: [&str; 2]) -> Result<A, Malformed> {
    let port = |text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        let known = plain && (text == "0" || !text.starts_with('0'));
        known && text.parse::<u16>().is_ok()
    };
    let [from, to] = addresses.map(|text| text.parse::<A>().map_err(|_| Malformed));
    match (to, ports.into_iter().all(port)) {
        (Ok(_), true) => from,
        _ => Err(Malformed),
    }
}

fn binary(bytes: &[u8]) -> Result<Step, Malformed> {
    let Some((head, rest)) = bytes.split_at_checked(BINARY_HEAD) else {
        return Ok(Step::Needs(BINARY_HEAD - bytes.len()));
    };
    let (command, family) = (head[12], head[13]);
    let length = usize::from(u16::from_be_bytes([head[14], head[15]]));
    let addresses = match (command, family) {
        // LOCAL: what follows says nothing, whatever it is. PROXY of an unknown or a local socket: no address we could use.
        (0x20, _) | (0x21, 0x00) => 0,
        (0x21, 0x11) => 12,
        (0x21, 0x21) => 36,
        (0x21, 0x31) => 216,
        _ => return Err(Malformed),
    };
    if length < addresses || BINARY_HEAD + length > MOST || rest.len() > length {
        return Err(Malformed);
    }
    if rest.len() < length {
        return Ok(Step::Needs(length - rest.len()));
    }
    let client = match addresses {
        12 => rest.first_chunk::<4>().map(|a| IpAddr::from(*a)),
        36 => rest.first_chunk::<16>().map(|a| IpAddr::from(*a)),
        _ => None,
    };
    Ok(Step::Whole(client))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of a stream that begins with these bytes, `piece` bytes at a time, and how many bytes were used.
    fn taken(stream: &[u8], piece: usize) -> (Result<Option<IpAddr>, Malformed>, usize) {
        let mut used = 0;
        loop {
            match read(&stream[..used]) {
                Err(malformed) => return (Err(malformed), used),
                Ok(Step::Whole(client)) => return (Ok(client), used),
                Ok(Step::Needs(n)) => {
                    assert!(n > 0);
                    let more = n.min(piece).min(stream.len() - used);
                    assert!(more > 0, "asks for more than a header has");
                    used += more;
                }
            }
        }
    }

    fn binary_header(command: u8, family: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len()).expect("short").to_be_bytes();
        [&BINARY[..], &[command, family], &length[..], payload].concat()
    }

    fn tcp4(more: &[u8]) -> Vec<u8> {
        let ends = [192, 0, 2, 1, 192, 0, 2, 2, 0xc0, 0, 0, 25];
        [&ends[..], more].concat()
    }

    fn tcp6() -> Vec<u8> {
        let mut ends = [0; 36];
        ends[..16].copy_from_slice(&"2001:db8::1".parse::<Ipv6Addr>().unwrap().octets());
        ends.to_vec()
    }

    #[test]
    fn a_header_says_who_comes_and_nothing_behind_it_is_touched() {
        let long = "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
        let unknown = format!("PROXY UNKNOWN {}\r\n", "x".repeat(91));
        assert_eq!(unknown.len(), MOST_TEXT);
        let rows: [(Vec<u8>, Option<&str>); 13] = [
            (
                "PROXY TCP4 192.0.2.1 192.0.2.2 49152 25\r\n".into(),
                Some("192.0.2.1"),
            ),
            (
                "PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n".into(),
                Some("0.0.0.0"),
            ),
            (
                "PROXY TCP6 2001:db8::1 ::1 49152 465\r\n".into(),
                Some("2001:db8::1"),
            ),
            (long.into(), Some("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")),
            ("PROXY UNKNOWN\r\n".into(), None),
            (unknown.into(), None),
            (binary_header(0x21, 0x11, &tcp4(b"")), Some("192.0.2.1")),
            (
                binary_header(0x21, 0x11, &tcp4(&[4; 300])),
                Some("192.0.2.1"),
            ),
            (
                binary_header(0x21, 0x11, &tcp4(&[4; 4068])),
                Some("192.0.2.1"),
            ),
            (binary_header(0x21, 0x21, &tcp6()), Some("2001:db8::1")),
            (binary_header(0x21, 0x31, &[0; 216]), None),
            (binary_header(0x21, 0x00, b"whatever"), None),
            (binary_header(0x20, 0x11, b""), None),
        ];
        for (header, client) in rows {
            let client = client.map(|c| c.parse().expect("an address"));
            let stream = [&header[..], b"\r\n\r\nEHLO x\r\n"].concat();
            for piece in [1, 2, 3, 5, 7, 11, 16, usize::MAX] {
                let text = header.escape_ascii();
                assert_eq!(taken(&stream, piece), (Ok(client), header.len()), "{text}");
            }
            for cut in 0..header.len() {
                assert!(matches!(read(&header[..cut]), Ok(Step::Needs(_))));
            }
        }
    }

    #[test]
    fn what_is_no_header_is_seen_before_it_ends() {
        let text = |text: &str| text.as_bytes().to_vec();
        let rows = [
            text("EHLO client.example\r\n"),
            text("\x16\x03\x01"),
            text("proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
            text("PROXY\r\n"),
            text("PROXYTCP4 "),
            text("PROXY \r\n"),
            text("PROXY TCP4\r\n"),
            text("PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2  2\r\n"),
            text("PROXY TCP4 192.0.2.1 mx.example 1 2\r\n"),
            text("PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n"),
            text("PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n"),
            text("PROXY TCP4 2001:db8::1 ::1 1 2\r\n"),
            text("PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n"),
            text("PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n"),
            text("PROXY TCP4 192.0.2.1\r\n192.0.2.2 1 2\r\n"),
            text(&format!("PROXY UNKNOWN {}\r\n", "x".repeat(92))),
            text(&format!("PROXY {}", "x".repeat(200))),
            text("\r\n\r\n\0\r\nQUIX\n"),
            binary_header(0x11, 0x11, &tcp4(b"")),
            binary_header(0x22, 0x11, &tcp4(b"")),
            binary_header(0x21, 0x12, &tcp4(b"")),
            binary_header(0x21, 0x22, &tcp6()),
            binary_header(0x21, 0x11, &tcp4(b"")[..11]),
            binary_header(0x21, 0x21, &tcp4(b"")),
            binary_header(0x21, 0x31, &tcp4(b"")),
            binary_header(0x21, 0x41, &tcp4(b"")),
            binary_header(0x21, 0x11, &tcp4(&[4; 4069])),
        ];
        for stream in rows {
            for piece in [1, 3, usize::MAX] {
                let text = stream.escape_ascii();
                assert_eq!(taken(&stream, piece).0, Err(Malformed), "{text}");
            }
        }
    }
}

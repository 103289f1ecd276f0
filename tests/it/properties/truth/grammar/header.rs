//! The PROXY header a second time, out of haproxy's `proxy-protocol.txt`, sections 2.1 and 2.2.

use std::net::{IpAddr, Ipv6Addr};

/// What the bytes of a connection are so far.
#[derive(Debug, PartialEq)]
pub enum Header {
    /// A header may become of them.
    Open,
    /// None will.
    Broken,
    /// So many bytes are one, and this is who comes; `None`: the balancer itself.
    Whole(usize, Option<IpAddr>),
    /// The same, but the standard leaves open whether it must be read.
    Odd(usize),
}

/// Of version 1, with its CR LF.
const LONGEST: usize = 107;
/// Of version 2: ours, the standard has none.
const MOST: usize = 4096;
const SIGNATURE: &[u8] = &[
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
];

pub fn header(bytes: &[u8]) -> Header {
    let is_start = |word: &[u8]| word.starts_with(bytes) || bytes.starts_with(word);
    match bytes {
        [] => Header::Open,
        _ if is_start(b"PROXY ") => in_words(bytes),
        _ if is_start(SIGNATURE) => in_numbers(bytes),
        _ => Header::Broken,
    }
}

fn in_words(bytes: &[u8]) -> Header {
    let known = &bytes[..bytes.len().min(LONGEST)];
    match memchr::memchr(b'\n', known) {
        Some(end) if bytes[end - 1] == b'\r' => line(&bytes[..end - 1], end + 1),
        None if known.len() < LONGEST => Header::Open,
        _ => Header::Broken,
    }
}

fn line(line: &[u8], len: usize) -> Header {
    let unknown = b"PROXY UNKNOWN";
    if line == unknown || line.starts_with(b"PROXY UNKNOWN ") {
        // What stands behind it must not be looked at, and it is not even said to be text.
        return match line.is_ascii() {
            true => Header::Whole(len, None),
            false => Header::Odd(len),
        };
    }
    let text = String::from_utf8_lossy(line);
    let words: Vec<&str> = text.split(' ').collect();
    let [_, family, from, to, at, port] = words[..] else {
        return Header::Broken;
    };
    let address = |text: &str| match family {
        "TCP4" => four(text),
        "TCP6" => text.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        _ => None,
    };
    match (address(from), address(to), number(at), number(port)) {
        (Some(from), Some(_), Some(..=65535), Some(..=65535)) => Header::Whole(len, Some(from)),
        _ => Header::Broken,
    }
}

fn four(text: &str) -> Option<IpAddr> {
    let numbers: Option<Vec<u32>> = text.split('.').map(number).collect();
    let bytes: Result<Vec<u8>, _> = numbers?.into_iter().map(u8::try_from).collect();
    let four: [u8; 4] = bytes.ok()?.try_into().ok()?;
    Some(IpAddr::from(four))
}

/// Decimal, and no zero in front.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn in_numbers(bytes: &[u8]) -> Header {
    if bytes.len() < 16 {
        return Header::Open;
    }
    let (version, command) = (bytes[12] >> 4, bytes[12] & 15);
    let len = 16 + usize::from(bytes[14]) * 256 + usize::from(bytes[15]);
    let least = match (command, bytes[13]) {
        (0, _) | (1, 0x00) => 0,
        (1, 0x11) => 12,
        (1, 0x21) => 36,
        (1, 0x31) => 216,
        _ => return Header::Broken,
    };
    if version != 2 || len > MOST || len < 16 + least {
        return Header::Broken;
    }
    if bytes.len() < len {
        return Header::Open;
    }
    let client = match (command, bytes[13]) {
        (1, 0x11) => bytes[16..20].try_into().ok().map(|b: [u8; 4]| b.into()),
        (1, 0x21) => bytes[16..32].try_into().ok().map(|b: [u8; 16]| b.into()),
        _ => None,
    };
    Header::Whole(len, client)
}

//! Our `Received` line (RFC 5321 section 4.4): the only thing an untouched mail gets.
//!
//! Promises: no `for` clause (it would show Bcc recipients to each other) and no login; what the client said of itself cannot break
//! out of the line.

use crate::mail::Mail;
use crate::texts::House;
use jiff::fmt::rfc2822;
use std::net::IpAddr;

/// The line with its CRLF.
pub(super) fn line(mail: &Mail, house: &House) -> Vec<u8> {
    let client = &mail.envelope.client;
    let from = match (client.address, client.name.as_deref()) {
        (Some(ip), Some(name)) => {
            format!("{} ({} [{}])", tame(&client.helo), tame(name), shown(ip))
        }
        (Some(ip), None) => format!("{} ([{}])", tame(&client.helo), shown(ip)),
        (None, _) => tame(&client.helo),
    };
    let date = rfc2822::to_string(&mail.at.to_zoned(house.time_zone.clone()))
        .unwrap_or_else(|_| "Thu, 1 Jan 1970 00:00:00 +0000".into());
    let (by, protocol, id) = (tame(&house.hostname), client.protocol, mail.id);
    format!("Received: from {from}\r\n\tby {by} with {protocol} id {id};\r\n\t{date}\r\n")
        .into_bytes()
}

fn shown(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("IPv6:{ip}"),
    }
}

/// A client may call itself anything; only what host names and address literals are made of is repeated.
fn tame(name: &str) -> String {
    let kept: String = name
        .chars()
        .take(255)
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || ".-_:[]".contains(c) => c,
            _ => '?',
        })
        .collect();
    if kept.is_empty() {
        "unknown".into()
    } else {
        kept
    }
}

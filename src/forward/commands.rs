//! The commands of a transaction, as text: what a next hop did not offer is not said to it.
//!
//! Promises: addresses in the one canonical form that policy saw; DSN parameters go on as the client wrote them (RFC 3461).

use super::connection::Offers;
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::{Address, Recipient};
use std::net::IpAddr;

/// `MAIL FROM:<…> …`. `size` is that of the very bytes that will be sent, if they are known.
///
/// The size the *client* declared is never passed on: what leaves is often a thousandth of what came, and a next hop with
/// a limit must not refuse it for attachments that stay here.
///
/// `BODY=8BITMIME` towards a next hop that lacks it is left out: a mail that needs it ends before DATA (`transaction`), because RFC 6152
/// section 3 has us recode it or return it, and recoding breaks signatures and the promise that untouched bytes stay untouched. Many
/// mails with this word have not one byte that needs it.
pub(super) fn mail(
    sender: Option<&Address>,
    options: &MailOptions,
    offers: &Offers,
    size: Option<u64>,
) -> String {
    let mut line = format!("MAIL FROM:<{}>", text(sender));
    if let Some(size) = size.filter(|_| offers.size) {
        line.push_str(&format!(" SIZE={size}"));
    }
    if options.eight_bit && offers.eight_bit {
        line.push_str(" BODY=8BITMIME");
    }
    if options.utf8 && offers.utf8 {
        line.push_str(" SMTPUTF8");
    }
    if options.require_tls && offers.require_tls {
        line.push_str(" REQUIRETLS");
    }
    if offers.dsn {
        parameter(&mut line, "RET", options.ret.as_deref());
        parameter(&mut line, "ENVID", options.envid.as_deref());
    }
    line
}

/// `RCPT TO:<…> …`.
pub(super) fn rcpt(recipient: &Recipient, offers: &Offers) -> String {
    let mut line = format!("RCPT TO:<{}>", recipient.address);
    if offers.dsn {
        parameter(&mut line, "NOTIFY", recipient.notify.as_deref());
        parameter(&mut line, "ORCPT", recipient.orcpt.as_deref());
    }
    line
}

/// What the next hop is told about the client: what a listed peer told us, else what we saw ourselves. Name and xtext value.
pub(super) fn attributes(client: &Client) -> Vec<(String, String)> {
    if !client.xforward.is_empty() {
        return client.xforward.clone();
    }
    let Some(address) = client.address else {
        return Vec::new();
    };
    let address = match address {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("IPV6:{ip}"),
    };
    let name = client.name.as_deref().unwrap_or("[UNAVAILABLE]");
    // Postfix knows these two protocols only.
    let protocol = match client.protocol.starts_with("ESMTP") {
        true => "ESMTP",
        false => "SMTP",
    };
    let pairs = [
        ("NAME", name),
        ("ADDR", address.as_str()),
        ("PROTO", protocol),
        ("HELO", client.helo.as_str()),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), xtext(value)))
        .collect()
}

/// `XFORWARD …` lines with the attributes that the next hop asked for, each within the 512 bytes of a command line.
pub(super) fn xforward(attributes: &[(String, String)], offers: &Offers) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (name, value) in attributes {
        let name = name.to_ascii_uppercase();
        // An attribute value has at most 255 characters (XFORWARD_README), so it always fits a line of its own.
        if !offers.xforward.contains(&name) || value.len() > 255 {
            continue;
        }
        let pair = format!(" {name}={value}");
        match lines.last_mut() {
            Some(line) if line.len() + pair.len() <= 510 => line.push_str(&pair),
            _ => lines.push(format!("XFORWARD{pair}")),
        }
    }
    lines
}

fn parameter(line: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        line.push_str(&format!(" {name}={value}"));
    }
}

fn text(sender: Option<&Address>) -> String {
    sender.map(Address::to_string).unwrap_or_default()
}

/// RFC 3461 section 4.
fn xtext(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'!'..=b'~' if byte != b'+' && byte != b'=' => out.push(char::from(byte)),
            _ => out.push_str(&format!("+{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Offers {
        Offers {
            auth: Vec::new(),
            dsn: true,
            eight_bit: true,
            pipelining: true,
            require_tls: true,
            size: true,
            starttls: true,
            utf8: true,
            xforward: vec!["NAME".into(), "ADDR".into(), "HELO".into()],
        }
    }

    #[test]
    fn only_what_was_offered_is_said() {
        let sender: Address = "anna@example.org".parse().unwrap();
        let options = MailOptions {
            eight_bit: true,
            utf8: true,
            ret: Some("HDRS".into()),
            envid: Some("x+2Dy".into()),
            size: Some(999),
            require_tls: true,
        };
        let bare = mail(Some(&sender), &options, &Offers::default(), Some(5));
        assert_eq!(bare, "MAIL FROM:<anna@example.org>");
        let full = mail(Some(&sender), &options, &everything(), Some(5));
        assert_eq!(
            full,
            "MAIL FROM:<anna@example.org> SIZE=5 BODY=8BITMIME SMTPUTF8 REQUIRETLS RET=HDRS ENVID=x+2Dy"
        );
        assert_eq!(
            mail(None, &MailOptions::default(), &everything(), None),
            "MAIL FROM:<>"
        );
    }

    #[test]
    fn a_recipient_keeps_its_parameters() {
        let recipient = Recipient {
            address: "\"a b\"@c.example".parse().unwrap(),
            notify: Some("NEVER".into()),
            orcpt: Some("rfc822;a+20b@c.example".into()),
        };
        assert_eq!(
            rcpt(&recipient, &everything()),
            "RCPT TO:<\"a b\"@c.example> NOTIFY=NEVER ORCPT=rfc822;a+20b@c.example"
        );
        assert_eq!(
            rcpt(&recipient, &Offers::default()),
            "RCPT TO:<\"a b\"@c.example>"
        );
    }

    #[test]
    fn the_client_is_described_as_asked_for() {
        let mut client = Client::local();
        assert!(xforward(&attributes(&client), &everything()).is_empty());
        client.address = Some("2001:db8::1".parse().unwrap());
        client.helo = "pc 7".into();
        assert_eq!(
            xforward(&attributes(&client), &everything()),
            ["XFORWARD NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 HELO=pc+207"]
        );
        client.xforward = vec![
            ("NAME".into(), "x".repeat(250)),
            ("HELO".into(), "y".repeat(250)),
        ];
        assert_eq!(xforward(&attributes(&client), &everything()).len(), 2);
    }
}

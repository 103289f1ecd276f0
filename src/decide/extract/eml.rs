//! Mails in files, and mails in mails: headers, every text, every attachment as a file.
//!
//! Promises: all alternatives are read; transfer encodings and header words are undone; attached mails are read like mails, to the
//! reading's depth. Leaves to others: structure in doubt (`parse` has looked at the mail around it).

use super::{Document, Reading, Stop, charset, html, plain};
use encodify::rfc2047;
use mail_parser::{MessageParser, MessagePart};

/// Fields that show a mail by its first lines.
const FIELDS: [&str; 11] = [
    "from:",
    "to:",
    "subject:",
    "date:",
    "received:",
    "mime-version:",
    "message-id:",
    "content-type:",
    "return-path:",
    "delivered-to:",
    "reply-to:",
];

/// True if this is a mail: two usual fields at its beginning, or one and a name or type that says so.
pub(super) fn is_mail(document: &Document<'_>) -> bool {
    let head = &document.bytes[..document.bytes.len().min(8192)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let first = head.lines().next().unwrap_or_default();
    let begins = first.starts_with("from ")
        || first.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    let fields = head.lines().take_while(|line| !line.is_empty());
    let known = fields
        .filter(|line| FIELDS.iter().any(|field| line.starts_with(field)))
        .count();
    let is_called = document.media_type.eq_ignore_ascii_case("message/rfc822")
        || document.name.to_ascii_lowercase().ends_with(".eml");
    begins && known + usize::from(is_called) >= 2
}

/// Reads a mail.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let Some(message) = MessageParser::new().parse(document.bytes) else {
        return plain::read(document, reading);
    };
    let message = message.root();
    for header in message.headers().iter() {
        let value = String::from_utf8_lossy(header.raw_value());
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        reading.line(&format!("{}: {}", header.raw_name(), words(&value)))?;
    }
    for part in message.parts() {
        reading.tick()?;
        if !part.is_multipart() {
            said(&part, reading)?;
        }
    }
    Ok(())
}

/// Header words undone (RFC 2047).
fn words(value: &str) -> String {
    let decoded = rfc2047::decode_text(value.as_bytes(), |charset, bytes, out| {
        let charset = String::from_utf8_lossy(charset);
        out.push_str(&charset::text(bytes, Some(&charset)));
    });
    decoded.into_owned()
}

/// A part: one with a name, or of another kind than text, is a file.
fn said(part: &MessagePart<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = part.decoded();
    reading.spend(bytes.len() as u64)?;
    let declared = part.content_type();
    let media_type = declared.map_or_else(String::new, |kind| {
        format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
    });
    let name = part.attachment_name();
    let document = Document {
        name: name.unwrap_or_default(),
        media_type: &media_type,
        charset: declared.and_then(|kind| kind.attribute("charset")),
        bytes: &bytes,
    };
    reading.end_line()?;
    match media_type.as_str() {
        "text/html" if name.is_none() => html::read(&document, reading),
        "text/plain" | "" | "/" if name.is_none() => plain::read(&document, reading),
        _ => reading.member(&document),
    }
}

#[cfg(test)]
mod tests {
    use crate::decide::extract::tests::{file, told};

    #[test]
    fn every_part_is_read() {
        let mail = "From: a@b.example\r\nSubject: =?utf-8?q?Zo=C3=AB?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
            --x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n9999934=\r\n10\r\n\
            --x\r\nContent-Type: text/html\r\n\r\n<p>9<b>9</b></p>\r\n\
            --x\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nYTtiCjE7Mgo=\r\n\
            --x\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\nSubject: inner\r\n\r\ninside\r\n--x--\r\n";
        let told = told(&file("a.eml", mail.as_bytes()));
        for line in [
            "Subject: Zoë",
            "999993410",
            "99",
            "> a.csv",
            "a|b",
            "1|2",
            "Subject: inner",
            "inside",
        ] {
            assert!(told.lines().any(|l| l == line), "{line} in\n{told}");
        }
    }

    #[test]
    fn a_text_that_begins_like_a_field_is_no_mail() {
        let text = "Note: this is a text\nwith lines\n";
        assert_eq!(told(&file("a.txt", text.as_bytes())), text);
    }
}

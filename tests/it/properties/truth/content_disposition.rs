//! `Content-Disposition` both ways: what we write says the name and nothing else, what we read gives safe names.

use super::filename::assert_safe;
use cloakroom::doors::web::headers::attachment;
use cloakroom::mail::{SkeletonBuilder, Spool};
use cloakroom::parse;

/// As the name of a download, and as a field's value in a mail.
pub fn check(data: &[u8]) {
    written(&String::from_utf8_lossy(data));
    read(data);
}

/// Read back by RFC 6266 and RFC 8187 to the letter.
fn written(name: &str) {
    let field = attachment(name);
    let field = field.to_str().expect("visible ASCII");
    let rest = field
        .strip_prefix("attachment; filename=\"")
        .expect("the kind");
    let (plain, full) = rest
        .split_once("\"; filename*=UTF-8''")
        .expect("two parameters");
    assert!(!plain.contains(['"', '\\', '%', ';']), "{field}");
    assert!(plain.bytes().all(|b| (b' '..=b'~').contains(&b)), "{field}");
    assert_eq!(plain.chars().count(), name.chars().count(), "{field}");
    let mut bytes = Vec::new();
    let mut rest = full.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let two = [rest.next(), rest.next()].map(|b| b.expect("two digits"));
            let digits = std::str::from_utf8(&two).expect("ASCII");
            bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
        } else {
            assert!(
                byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte),
                "{field}"
            );
            bytes.push(byte);
        }
    }
    assert_eq!(bytes, name.as_bytes());
}

/// Whatever it says, its part has a safe name or none; the MIME library's reading is among ours.
fn read(value: &[u8]) {
    let body = b"\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ==\r\n";
    let mail = [b"Content-Disposition: attachment; ", value, body].concat();
    let mut skeleton = SkeletonBuilder::new();
    skeleton.push(&mail);
    let outline =
        parse::outline(&Spool::of(mail.as_slice()), &skeleton.finish()).expect("a spool in memory");
    for part in &outline.parts {
        assert!(part.names.len() <= 16);
        if let Some(name) = &part.name {
            assert_safe(name.as_str());
        }
    }
    let theirs = mail_parser::MessageParser::new().parse(&mail);
    let theirs = theirs
        .as_ref()
        .and_then(|m| m.attachment_name())
        .map(str::trim);
    if let Some(name) = theirs.filter(|n| !n.is_empty()) {
        let ours = &outline.root().names;
        assert!(
            ours.iter().any(|n| n == name) || ours.len() == 16,
            "{name:?} is not in {ours:?}"
        );
    }
}

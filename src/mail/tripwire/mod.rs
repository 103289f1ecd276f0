//! The mark of the tripwire: a field on every mail that leaves, by which the last mail server knows that it came this way.
//!
//! `X-Cloakroom-Seal: v=1; h=HASH; s=HMAC` holds the BLAKE3 hash of the mail's canonical form ([`canonical`]) and the HMAC-SHA256 of that
//! hash under the tripwire's key, both in base64.
//! Promises: only who has the key makes a mark; it holds for this body and these MIME fields alone, so that no mark can be carried to
//! another mail; what mail servers do on the way (fields of their own, folds) does not break it, what breaks DKIM signatures does;
//! one pass over the content in constant memory.
//! Leaves to others: who is marked (`mail::dkim`, the last thing every mail goes through), what follows from a missing mark
//! (`gateway::tripwire`).

mod canonical;

use super::Content;
use crate::transfer::keys::Key;
use canonical::canonical_hash;
use encodify::base64::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::io::{self, BufReader};
use std::sync::Arc;

/// The field.
pub const FIELD: &str = "X-Cloakroom-Seal";

/// More of them on one mail are not looked at: each gateway on the way writes one.
const MOST: usize = 8;

/// Holds the key. Prints as `…`.
#[derive(Clone)]
pub struct Tripwire(Arc<Key>);

/// What a mail's marks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// It left our gateway as it is.
    Valid,
    /// It left our gateway, and was changed behind it; or the mark was taken from another mail.
    Changed,
    /// There are marks, made with another key or by nobody.
    Foreign,
    /// There is none.
    No,
}

impl Tripwire {
    /// With this key.
    pub fn new(key: Key) -> Self {
        Tripwire(Arc::new(key))
    }

    /// The content with a mark on top.
    pub fn mark(&self, content: Content) -> io::Result<Content> {
        let (hash, _) = self.read(&content)?;
        let [hash, mac] = [&hash, &self.mac(&hash)].map(|bytes| STANDARD.encode(bytes));
        let field = format!("{FIELD}: v=1; h={hash};\r\n\ts={mac}\r\n");
        Ok(content.below(field.into_bytes()))
    }

    /// Reads the content and judges its marks: one that is valid is enough.
    pub fn judge(&self, content: &Content) -> io::Result<Marked> {
        let (hash, marks) = self.read(content)?;
        let judged = marks.iter().take(MOST).map(|mark| self.weigh(mark, &hash));
        Ok(judged.min_by_key(|m| *m as u8).unwrap_or(Marked::No))
    }

    fn read(&self, content: &Content) -> io::Result<([u8; 32], Vec<String>)> {
        canonical_hash(&mut BufReader::with_capacity(64 * 1024, content.reader()))
    }

    fn weigh(&self, mark: &str, hash: &[u8; 32]) -> Marked {
        let Some((named, mac)) = parse(mark) else {
            return Marked::Foreign;
        };
        match self.keyed(&named).verify_slice(&mac) {
            Ok(()) if named == *hash => Marked::Valid,
            Ok(()) => Marked::Changed,
            Err(_) => Marked::Foreign,
        }
    }

    fn mac(&self, hash: &[u8; 32]) -> [u8; 32] {
        self.keyed(hash).finalize().into_bytes().into()
    }

    fn keyed(&self, hash: &[u8; 32]) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&**self.0).expect("HMAC takes a key of any length");
        mac.update(b"cloakroom/tripwire/1");
        mac.update(hash);
        mac
    }
}

impl fmt::Debug for Tripwire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tripwire(…)")
    }
}

/// The hash and the HMAC that a mark names. Mail servers fold where they like.
fn parse(value: &str) -> Option<([u8; 32], Vec<u8>)> {
    let value: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    let mut parts = value.split(';').filter_map(|part| part.split_once('='));
    let mut next = |name| parts.next().filter(|(n, _)| *n == name).map(|(_, v)| v);
    let is_known = next("v")? == "1";
    let [hash, mac] = [next("h")?, next("s")?].map(|text| STANDARD.decode(text.as_bytes()).ok());
    is_known.then_some((hash?.try_into().ok()?, mac?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    const MAIL: &str = "From: a@b.example\r\nContent-Type: text/plain\r\n\r\nHello  there \r\n\r\n";

    fn tripwire(key: u8) -> Tripwire {
        Tripwire::new(Zeroizing::new([key; 32]))
    }

    fn content(text: &str) -> Content {
        Content::new(text.as_bytes().to_vec())
    }

    fn marked(text: &str) -> String {
        let content = tripwire(1).mark(content(text)).unwrap();
        String::from_utf8(content.to_vec().unwrap()).unwrap()
    }

    fn judged(text: &str) -> Marked {
        tripwire(1).judge(&content(text)).unwrap()
    }

    #[test]
    fn a_mail_with_a_mark_is_the_mail_below_a_field() {
        let out = marked(MAIL);
        let field = out.strip_suffix(MAIL).expect("the mail, untouched");
        assert!(field.starts_with("X-Cloakroom-Seal: v=1; h=") && field.ends_with("\r\n"));
        assert!(field.lines().all(|line| line.len() <= 78), "{field}");
        assert_eq!(judged(&out), Marked::Valid);
        assert_eq!(judged(&marked("\r\n")), Marked::Valid);
    }

    #[test]
    fn what_servers_do_on_the_way_does_not_break_it() {
        let out = marked(MAIL);
        let rows = [
            format!("Received: from x\r\n{out}"),
            out.replace(";\r\n\t", "; "),
            out.replace("v=1; h=", "v=1;\r\n h="),
            out.replace("there \r\n\r\n", "there \r\n"),
            out.replace("Content-Type: text/plain", "content-type:\r\n\ttext/plain "),
            // A gateway that is passed twice, and marks of strangers.
            marked(&out),
            format!("X-Cloakroom-Seal: v=1; h=AAAA; s=AAAA\r\n{out}"),
        ];
        for row in rows {
            assert_eq!(judged(&row), Marked::Valid, "{row}");
        }
    }

    #[test]
    fn what_makes_another_mail_of_it_does() {
        let out = marked(MAIL);
        let rows = [
            (MAIL.to_owned(), Marked::No),
            (out.replace("Hello", "Hallo"), Marked::Changed),
            (out.replace("there", "th ere"), Marked::Changed),
            (out.replace("Hello  there", "Hello there"), Marked::Changed),
            (
                out.replace("text/plain", "multipart/mixed; boundary=x"),
                Marked::Changed,
            ),
            (
                out.replace("From:", "Content-Type: text/html\r\nFrom:"),
                Marked::Changed,
            ),
            (format!("{out}--x\r\n"), Marked::Changed),
            (out.replace("; s=", "; s=A"), Marked::Valid),
            (out.replace("\ts=", "\ts=A"), Marked::Foreign),
            (out.replace("v=1", "v=2"), Marked::Foreign),
            (out.replace("h=", "x="), Marked::Foreign),
            ("X-Cloakroom-Seal:\r\n\r\n".to_owned(), Marked::Foreign),
        ];
        for (row, want) in rows {
            assert_eq!(judged(&row), want, "{row}");
        }
        let other = tripwire(2).judge(&content(&out)).unwrap();
        assert_eq!(other, Marked::Foreign);
    }

    #[test]
    fn a_field_of_the_body_is_no_mark() {
        let out = marked(MAIL);
        let (field, _) = out.split_once("From:").expect("a field");
        assert_eq!(judged(&format!("From: a\r\n\r\n{field}")), Marked::No);
    }

    #[test]
    fn the_key_is_in_no_debug() {
        assert_eq!(format!("{:?}", tripwire(7)), "Tripwire(…)");
    }
}

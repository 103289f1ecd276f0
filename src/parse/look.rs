//! One look through a part's decoded body: how long it is, and for a text what is hidden in it.
//!
//! Finds the pictures an HTML text refers to, inline PGP, and files written into a text or its URLs. Constant memory: blocks with an
//! overlap, at most 1 000 references.

use super::armor::Armor;
use super::charset::{self, Reading};
use super::header::is_structural_line;
use super::hidden::Hidden;
use super::shown::{self, Shown};
use super::truth;
use super::urls;
use crate::mail::outline::Role;
use crate::mail::{Decoder, Part};
use memchr::memmem;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read};

const BLOCK: usize = 64 * 1024;
/// What is looked at again with the next block: the longest URL of which all has to be seen.
const OVERLAP: usize = urls::LONGEST_SVG + 1024;
const MAX_REFERENCES: usize = 1_000;

/// What was found.
#[derive(Debug)]
pub(super) struct Look {
    /// It is what its role promises.
    pub holds: bool,
    /// A picture that can be shown.
    pub is_picture: bool,
    /// The first bytes of what may be a picture, to tell it from others.
    pub sign: u64,
    /// A CMS object, and what it says is in it.
    pub cms: Option<truth::Cms>,
    /// Decoded bytes.
    pub len: u64,
    /// Content-IDs that an HTML text refers to, percent escapes undone.
    pub references: BTreeSet<String>,
    /// Locations of pictures in an HTML text (RFC 2557), as they stand there.
    pub locations: BTreeSet<String>,
    /// Inline PGP and not a word beside it.
    pub pgp_message: bool,
    /// `-----BEGIN PGP SIGNED MESSAGE-----`
    pub pgp_signed: bool,
    /// A file written into the text, or a charset that hides one.
    pub doubt: Option<&'static str>,
}

impl Default for Look {
    fn default() -> Self {
        Look {
            holds: true,
            is_picture: false,
            sign: 0,
            cms: None,
            len: 0,
            references: BTreeSet::new(),
            locations: BTreeSet::new(),
            pgp_message: false,
            pgp_signed: false,
            doubt: None,
        }
    }
}

/// Reads to the end.
pub(super) fn through(decoder: &mut Decoder<'_>, part: &Part) -> io::Result<Look> {
    match part.role {
        Role::Html | Role::Text => text(decoder, part),
        Role::Report => report(decoder, part),
        _ => file(decoder, part),
    }
}

fn file(decoder: &mut Decoder<'_>, part: &Part) -> io::Result<Look> {
    let may_be_picture =
        part.content_id.is_some() || part.fields.first("Content-Location").is_some();
    let mut head = Vec::with_capacity(truth::HEAD);
    decoder
        .by_ref()
        .take(truth::HEAD as u64)
        .read_to_end(&mut head)?;
    let is_svg = may_be_picture && truth::is_svg(&head);
    if is_svg || matches!(part.role, Role::Calendar | Role::Card) {
        let rest = truth::WHOLE_MAX - truth::HEAD as u64;
        decoder.by_ref().take(rest).read_to_end(&mut head)?;
    }
    let len = head.len() as u64 + decoder.measure()?;
    let hides_file = || len > truth::WHOLE_MAX || urls::has_file(&shown::unescaped(&head), true);
    let is_picture = || truth::is_picture(&head) || (truth::is_gzip(&head) && is_metafile(part));
    Ok(Look {
        holds: truth::holds(part.role, part, &head, len),
        is_picture: may_be_picture && is_picture() && !(is_svg && hides_file()),
        sign: if may_be_picture { sign(&head) } else { 0 },
        cms: truth::cms(&head),
        len,
        ..Look::default()
    })
}

fn sign(head: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(head);
    hasher.finish()
}

/// `.emz` and `.wmz`, by name or by type.
fn is_metafile(part: &Part) -> bool {
    const ENDS: [&str; 5] = ["emz", "wmz", "emf", "wmf", "ms-metafile"];
    let names = part.names.iter().map(String::as_str);
    let mut all = names.chain([part.media_type.as_str()]);
    all.any(|name| {
        ENDS.iter()
            .any(|end| name.to_ascii_lowercase().ends_with(end))
    })
}

/// A part of a report is a text, and no more than that: a message that is given back in it is a file (T32).
fn report(decoder: &mut Decoder<'_>, part: &Part) -> io::Result<Look> {
    let mut hidden = match part.media_type.ends_with("headers") {
        true => Hidden::default(),
        false => Hidden::of_status(),
    };
    let mut look = Look::default();
    let mut block = Vec::new();
    while decoder
        .by_ref()
        .take(BLOCK as u64)
        .read_to_end(&mut block)?
        > 0
    {
        if look.len == 0 {
            let head = &block[..block.len().min(truth::HEAD)];
            look.holds = truth::holds(part.role, part, head, block.len() as u64);
        }
        look.len += block.len() as u64;
        hidden.feed(&block);
        look.doubt = look.doubt.or(part_in_status(part, &block));
        block.clear();
    }
    look.doubt = look.doubt.or(hidden.finish());
    Ok(look)
}

/// A delivery status or notification that swallowed the part behind it, as its delimiter is broken. An encoding alone is none: there are
/// gateways that put a block of a status into base64.
fn part_in_status(part: &Part, text: &[u8]) -> Option<&'static str> {
    let is_part = |line: &[u8]| {
        is_structural_line(line) && !line.to_ascii_lowercase().starts_with(b"content-transfer")
    };
    let has_part = || text.split(|b| *b == b'\n').any(is_part);
    let is_status = !part.media_type.ends_with("headers");
    (is_status && has_part()).then_some("a header block outside the parts")
}

/// What goes through a text block by block.
struct Scan {
    is_html: bool,
    reading: Reading,
    armor: Armor,
    shown: Shown,
    hidden: Hidden,
    /// The last [`OVERLAP`] bytes and the new ones. Begins as if a line had just ended, so that the first line needs no special case.
    text: Vec<u8>,
    /// UTF-7 by name, or by nothing else than what the HTML says.
    may_be_utf7: bool,
    says_utf7: bool,
}

fn text(decoder: &mut Decoder<'_>, part: &Part) -> io::Result<Look> {
    let charset = part.charset.as_deref();
    let mut look = Look {
        doubt: charset::doubt(charset),
        ..Look::default()
    };
    let mut scan = Scan {
        is_html: part.role == Role::Html,
        reading: Reading::of(charset),
        armor: Armor::new(part.role == Role::Html),
        shown: Shown::default(),
        hidden: Hidden::default(),
        text: vec![b'\n'],
        may_be_utf7: charset.is_none_or(charset::is_utf7),
        says_utf7: charset.is_some_and(charset::is_utf7),
    };
    let room = BLOCK.min((part.body.end - part.body.start) as usize);
    loop {
        let mut raw = Vec::with_capacity(room);
        let n = decoder.by_ref().take(BLOCK as u64).read_to_end(&mut raw)?;
        if look.len == 0 {
            let head = &raw[..n.min(truth::HEAD)];
            look.holds = truth::holds(part.role, part, head, n as u64);
        }
        look.len += n as u64;
        // Less than a block is the end.
        let is_last = n < BLOCK;
        let block = scan.reading.read(raw, is_last);
        scan.feed(&block);
        look.at(&mut scan, is_last);
        if is_last {
            look.pgp_message = scan.armor.finish();
            look.doubt = look.doubt.or(scan.hidden.finish());
            return Ok(look);
        }
        scan.text.drain(..scan.text.len().saturating_sub(OVERLAP));
    }
}

impl Scan {
    fn feed(&mut self, block: &[u8]) {
        self.armor.feed(block);
        match self.is_html {
            true => self.hidden.feed(&self.shown.text(block)),
            false => self.hidden.feed(block),
        }
        self.text.extend_from_slice(block);
    }
}

impl Look {
    fn at(&mut self, scan: &mut Scan, is_last: bool) {
        let text = scan.text.as_slice();
        if scan.is_html {
            let clean = shown::unescaped(text);
            let (ids, locations) = (&mut self.references, &mut self.locations);
            urls::references(&clean, is_last, MAX_REFERENCES, ids, locations);
            let has_file = self.doubt.is_none() && urls::has_file(&clean, is_last);
            self.doubt = self.doubt.or(has_file.then_some("a file in a data: URL"));
            scan.says_utf7 |= scan.may_be_utf7 && charset::says_utf7(text);
            // A plain text has no links that only some readers see.
            if scan.says_utf7 && charset::has_shifted(text) {
                self.doubt = self.doubt.or(Some("HTML in UTF-7"));
            }
        }
        let begins = |marker: &[u8]| {
            memmem::find_iter(text, marker).any(|at| scan.is_html || text[..at].ends_with(b"\n"))
        };
        self.pgp_signed |= begins(b"-----BEGIN PGP SIGNED MESSAGE-----");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Spool;
    use crate::mail::outline::Encoding;

    fn look(text: &str, role: Role) -> Look {
        let spool = Spool::of(text);
        let mut decoder = Decoder::new(&spool, 0..spool.len(), Encoding::Identity);
        let part = Part {
            role,
            ..crate::mail::Part::empty("1")
        };
        through(&mut decoder, &part).expect("a spool in memory")
    }

    #[test]
    fn references_are_found_wherever_a_block_ends() {
        for before in BLOCK - 30..BLOCK + 2 {
            let html = format!(
                "{}<img src=\"cid:a%40b\"> url(CID:x&amp;y)",
                "x ".repeat(before / 2)
            );
            let found = look(&html, Role::Html).references;
            assert_eq!(
                found.iter().map(String::as_str).collect::<Vec<_>>(),
                ["a@b", "x&y"]
            );
        }
    }

    #[test]
    fn files_are_found_wherever_a_block_ends() {
        for before in (BLOCK - 60..BLOCK + 2).step_by(3) {
            let words = "a word\n".repeat(before / 7);
            let uu = format!("{words}begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n");
            assert!(look(&uu, Role::Text).doubt.is_some(), "{before}");
            let url = format!("{words}<a href='data:application/pdf;base64,QQ=='>");
            assert!(look(&url, Role::Html).doubt.is_some(), "{before}");
        }
    }

    #[test]
    fn inline_pgp_counts_at_the_start_of_a_line_only() {
        let armor = "-----BEGIN PGP MESSAGE-----\r\n\r\nQUJD\r\n-----END PGP MESSAGE-----\r\n";
        assert!(look(armor, Role::Text).pgp_message);
        assert!(!look(&format!("> {armor}"), Role::Text).pgp_message);
        assert!(look(&format!("<pre>{armor}"), Role::Html).pgp_message);
        assert!(look("a\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n", Role::Text).pgp_signed);
        assert!(!look("> -----BEGIN PGP SIGNED MESSAGE-----\r\n", Role::Text).pgp_signed);
    }
}

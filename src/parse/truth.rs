//! Is a part what it is called? What stays in a mail although policy protects (ciphertext, signatures, invitations, cards, reports,
//! pictures, the text itself) stays for what it is: a name and a type can be anybody's, and some are wrong by habit (`contract.pdf.p7m`
//! is a signed contract that everybody can read). Decided by the first bytes, see [`HEAD`]; doubt makes a file, as everywhere in `parse`.

use super::lines;
use crate::mail::outline::{Part, Role};
use file_format::{FileFormat, Kind};

/// So many decoded bytes are looked at.
pub(super) const HEAD: usize = 4 * 1024;
/// A detached signature with its certificates is a few KiB.
const SIGNATURE_MAX: u64 = 64 * 1024;
/// An invitation, a card or an SVG up to here is read whole, because a file may be written into it.
pub(super) const WHOLE_MAX: u64 = 256 * 1024;

/// What CMS says it wraps (RFC 5652 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cms {
    /// Ciphertext.
    Enveloped,
    /// Signed, compressed, or anything else that needs no key to be read.
    Readable,
}

/// Whether the bytes are what the role promises. `head`: the first [`HEAD`] bytes (of an invitation or a card all of them, up to
/// [`WHOLE_MAX`]); `len`: of the whole.
pub(super) fn holds(role: Role, part: &Part, head: &[u8], len: u64) -> bool {
    if len == 0 {
        return true;
    }
    match role {
        Role::Calendar => {
            begins_with(head, b"BEGIN:VCALENDAR") && is_free_of_files(role, head, len)
        }
        Role::Card => begins_with(head, b"BEGIN:VCARD") && is_free_of_files(role, head, len),
        Role::Encrypted => is_cipher(part, head, len),
        Role::Report => is_text(head, None),
        Role::Signature => is_signature(head) && len <= SIGNATURE_MAX,
        Role::Html | Role::Text => is_text(head, part.charset.as_deref()),
        Role::Attachment | Role::Container | Role::Message | Role::Picture => true,
    }
}

/// A picture that mail programs show.
pub(super) fn is_picture(head: &[u8]) -> bool {
    FileFormat::from_bytes(head).kind() == Kind::Image || head.is_empty() || is_svg(head)
}

/// An SVG; what it refers to has to be looked at.
pub(super) fn is_svg(head: &[u8]) -> bool {
    memchr::memmem::find(head, b"<svg").is_some()
}

/// Metafiles of Office come in gzip.
pub(super) fn is_gzip(head: &[u8]) -> bool {
    FileFormat::from_bytes(head) == FileFormat::Gzip
}

/// What people call by other names most: PDF, ZIP and new Office, old Office.
pub(super) fn is_document(head: &[u8]) -> bool {
    const MAGIC: [&[u8]; 3] = [b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];
    MAGIC.iter().any(|magic| head.starts_with(magic))
}

/// What is in a CMS object; `None`: it is none.
pub(super) fn cms(head: &[u8]) -> Option<Cms> {
    // 1.2.840.113549.1.7.n; in ...1.9.16.1.n only 23 is ciphertext (RFC 5083), 9 is compressed.
    const PKCS7: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
    const AUTH_ENVELOPED: &[u8] = &[
        0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17,
    ];
    let [0x30, length, rest @ ..] = head else {
        return None;
    };
    let more = match length {
        0x81..=0x88 => usize::from(length & 0x0f),
        _ => 0,
    };
    let kind = rest.get(more..)?;
    // 3 enveloped, 4 signed and enveloped, 6 encrypted.
    let enveloped = kind.starts_with(AUTH_ENVELOPED)
        || (kind.starts_with(PKCS7) && matches!(kind.get(PKCS7.len()), Some(3 | 4 | 6)));
    match kind.first() {
        _ if enveloped => Some(Cms::Enveloped),
        Some(0x06) => Some(Cms::Readable),
        _ => None,
    }
}

fn is_cipher(part: &Part, head: &[u8], len: u64) -> bool {
    if part.media_type == "application/pgp-encrypted" && begins_with(head, b"Version:") {
        return len <= 1024;
    }
    cms(head) == Some(Cms::Enveloped)
        || memchr::memmem::find(head, b"-----BEGIN PGP MESSAGE-----").is_some()
        || is_pgp_packet(head)
}

/// A message that is encrypted begins with the key for somebody (RFC 9580 section 10.3): tags 1 and 3, or the data itself.
fn is_pgp_packet(head: &[u8]) -> bool {
    let tag = match head.first() {
        Some(byte) if byte & 0xc0 == 0xc0 => byte & 0x3f,
        Some(byte) if byte & 0x80 == 0x80 => (byte >> 2) & 0x0f,
        _ => return false,
    };
    matches!(tag, 1 | 3 | 9 | 18 | 20)
}

fn is_signature(head: &[u8]) -> bool {
    let binary = matches!(head.first(), Some(0x30 | 0x88 | 0x89 | 0xc2));
    binary || memchr::memmem::find(head, b"-----BEGIN PGP SIGNATURE-----").is_some()
}

/// Not even people who call a PDF `text/plain` see text in it. A zero byte at the very end is a slip of some programs.
fn is_text(head: &[u8], charset: Option<&str>) -> bool {
    let is_wide = charset.is_some_and(|c| {
        ["utf-16", "utf-32", "ucs-", "unicode", "iso-10646"]
            .iter()
            .any(|wide| c.starts_with(wide))
    });
    let begin = head.get(..512).unwrap_or(head);
    let begin = begin.strip_suffix(b"\0").unwrap_or(begin);
    !is_document(head) && (is_wide || !begin.contains(&0))
}

/// One too long to be read is taken to have a file in it.
fn is_free_of_files(role: Role, all: &[u8], len: u64) -> bool {
    len <= WHOLE_MAX && !lines::carry_file(role, all)
}

fn begins_with(head: &[u8], word: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.trim_ascii_start()
        .get(..word.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVELOPED: &[u8] = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0";
    const SIGNED: &[u8] = b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0";
    const PDF: &[u8] = b"%PDF-1.7\n";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0";

    #[test]
    fn a_part_is_what_its_bytes_are() {
        let rows: &[(Role, &[u8], bool)] = &[
            (Role::Encrypted, ENVELOPED, true),
            (Role::Encrypted, SIGNED, false),
            (Role::Encrypted, PDF, false),
            (Role::Encrypted, ZIP, false),
            (Role::Encrypted, b"-----BEGIN PGP MESSAGE-----\r\n", true),
            (Role::Encrypted, b"\x85\x01\x0c", true),
            (Role::Encrypted, b"Version: 1\r\n", false),
            (Role::Signature, SIGNED, true),
            (Role::Signature, b"-----BEGIN PGP SIGNATURE-----", true),
            (Role::Signature, PDF, false),
            (Role::Card, b"\xef\xbb\xbfbegin:vcard\r\n", true),
            (Role::Card, ZIP, false),
            (Role::Calendar, b"\r\nBEGIN:VCALENDAR\r\n", true),
            (
                Role::Calendar,
                b"BEGIN:VCALENDAR\r\nATTACH;ENCOD\r\n ING=BASE64:QQ==",
                false,
            ),
            (Role::Calendar, PDF, false),
            (Role::Report, b"Action: failed\r\n", true),
            (Role::Report, ZIP, false),
            (Role::Text, b"gr\xfc\xdfe\0", true),
            (Role::Text, PDF, false),
            (Role::Html, ZIP, false),
            (Role::Attachment, PDF, true),
            (Role::Card, b"", true),
        ];
        for (role, head, want) in rows {
            let found = holds(*role, &Part::empty("1"), head, head.len() as u64);
            assert_eq!(found, *want, "{role:?} {:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn zero_bytes_are_text_in_wide_charsets_only() {
        let wide = Part {
            charset: Some("utf-16le".into()),
            ..Part::empty("1")
        };
        assert!(holds(Role::Text, &wide, b"H\0i\0", 4));
        assert!(!holds(Role::Text, &Part::empty("1"), b"H\0i\0", 4));
        assert!(!holds(Role::Text, &wide, ZIP, 8));
    }

    #[test]
    fn a_picture_is_one_that_can_be_shown() {
        for (head, want) in [
            (b"\x89PNG\r\n\x1a\n".as_slice(), true),
            (b"\xff\xd8\xff\xe0\0\x10", true),
            (b"GIF89a", true),
            (b"<?xml version='1.0'?><svg>", true),
            (PDF, false),
            (ZIP, false),
            (b"anything", false),
        ] {
            assert_eq!(
                is_picture(head),
                want,
                "{:?}",
                String::from_utf8_lossy(head)
            );
        }
    }
}

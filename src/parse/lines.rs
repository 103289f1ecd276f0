//! Invitations and cards: lines of a name, parameters and a value (RFC 5545 section 3.1, RFC 6350 section 3.3).
//!
//! Both stay in the mail, so nothing may be in them that is a file: an attachment in base64 or in a `data:` URL, base64 in a note, bytes
//! before or behind them. A card may have its photograph, its sound and its keys, if they are that.

use super::hidden;
use super::truth;
use super::urls;
use crate::mail::outline::Role;
use file_format::{FileFormat, Kind};

/// So many letters of a value tell what it is.
const SIGN: usize = 512;

/// One line, its folds undone.
struct Line<'a> {
    /// Upper case, without its group.
    name: String,
    /// Upper case, without quotes.
    params: String,
    value: &'a [u8],
}

/// Whether there is a file in an invitation or a card. `text`: all of it.
pub(super) fn carry_file(role: Role, text: &[u8]) -> bool {
    let text = unfolded(text);
    let mut depth = 0usize;
    let mut rest = Vec::new();
    for raw in joined(&text) {
        let raw = raw.as_slice();
        let line = Line::of(raw);
        match line.as_ref().map(|line| (line, line.name.as_str())) {
            Some((_, "BEGIN")) => depth += 1,
            Some((_, "END")) => depth = depth.saturating_sub(1),
            _ if depth == 0 => return true,
            Some((line, _)) if line.is_of_card(role) => continue,
            Some((line, _)) if line.is_file() => return true,
            _ => {}
        }
        rest.extend_from_slice(raw);
        rest.push(b'\n');
    }
    hidden::in_text(&rest).is_some()
}

impl<'a> Line<'a> {
    fn of(raw: &'a [u8]) -> Option<Self> {
        let mut quoted = false;
        let colon = raw.iter().position(|b| {
            quoted ^= *b == b'"';
            *b == b':' && !quoted
        })?;
        let head = String::from_utf8_lossy(&raw[..colon]).to_ascii_uppercase();
        let (name, params) = head.split_once(';').unwrap_or((&head, ""));
        let name = name.rsplit_once('.').map_or(name, |(_, name)| name);
        Some(Line {
            name: name.trim().to_owned(),
            params: params.replace(['"', ' '], ""),
            value: raw[colon + 1..].trim_ascii(),
        })
    }

    fn is_encoded(&self) -> bool {
        self.params.split(';').any(|param| {
            matches!(
                param,
                "ENCODING=BASE64" | "ENCODING=B" | "BASE64" | "VALUE=BINARY"
            )
        })
    }

    fn is_file(&self) -> bool {
        let url = [b"\"", self.value].concat();
        self.is_encoded() || urls::has_file(&url, true)
    }

    /// A photograph, a sound or a key, and nothing that only says so.
    fn is_of_card(&self, role: Role) -> bool {
        let is_photo = matches!(self.name.as_str(), "PHOTO" | "LOGO");
        if role != Role::Card || !(is_photo || matches!(self.name.as_str(), "SOUND" | "KEY")) {
            return false;
        }
        let encoded = match memchr::memmem::find(self.value, b";base64,") {
            Some(at) => &self.value[at + 8..],
            None if self.is_encoded() => self.value,
            None => return false,
        };
        let letters: Vec<u8> = encoded
            .iter()
            .copied()
            .filter(|b| !b.is_ascii_whitespace())
            .take(SIGN)
            .collect();
        let mut head = Vec::new();
        let whole = &letters[..letters.len() & !3];
        let _ = encodify::base64::LENIENT.decode_append(whole, &mut head);
        match self.name.as_str() {
            "KEY" => head.first().is_some_and(|b| *b == 0x30 || *b >= 0x80),
            "SOUND" => FileFormat::from_bytes(&head).kind() == Kind::Audio,
            _ => truth::is_picture(&head),
        }
    }
}

/// Lines with something on them. Base64 of vCard 2.1 goes on in lines that are not folded, up to one that is no base64.
fn joined(text: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut goes_on = false;
    for raw in text.split(|b| matches!(b, b'\n' | b'\r')) {
        let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
        if raw.iter().all(|b| *b <= b' ') {
            continue;
        }
        let is_base64 = raw
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+/= ".contains(b));
        match lines.last_mut().filter(|_| goes_on && is_base64) {
            Some(line) => line.extend_from_slice(raw),
            None => {
                goes_on = Line::of(raw).is_some_and(|line| line.is_encoded());
                lines.push(raw.to_vec());
            }
        }
    }
    lines
}

/// A line end and a space or tab are nothing.
fn unfolded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [b'\r', b'\n', b' ' | b'\t', tail @ ..] | [b'\r' | b'\n', b' ' | b'\t', tail @ ..] => {
                tail
            }
            [byte, tail @ ..] => {
                out.push(*byte);
                tail
            }
            [] => return out,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_invitation_or_a_card_may_have_in_it() {
        let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
        let pdf = "JVBERi0xLjcKAAFDQU5BUlkgcGRm";
        let rows = [
            (Role::Calendar, "SUMMARY:x".to_owned(), false),
            (
                Role::Calendar,
                "ATTACH:https://a.example/b.pdf".to_owned(),
                false,
            ),
            (
                Role::Calendar,
                format!("ATTACH;ENCOD\n ING=\"BASE64\":{pdf}"),
                true,
            ),
            (
                Role::Calendar,
                format!("ATTACH:data:application/pdf;base64,{pdf}"),
                true,
            ),
            (Role::Calendar, format!("IMAGE;VALUE=BINARY:{png}"), true),
            (
                Role::Calendar,
                format!("DESCRIPTION:{}", pdf.repeat(50)),
                true,
            ),
            (
                Role::Card,
                format!("item1.PHOTO;ENCODING=b;TYPE=PNG:{png}"),
                false,
            ),
            (
                Role::Card,
                format!("LOGO;BASE64;png:\r\n{png}\r\n{png}\r\n"),
                false,
            ),
            (Role::Card, format!("LOGO;BASE64;png:\r\n{pdf}\r\n"), true),
            (
                Role::Card,
                format!("PHOTO:data:image/png;base64,{png}"),
                false,
            ),
            (
                Role::Card,
                format!("LOGO;BASE64;png:\n{}", pdf.repeat(50)),
                true,
            ),
            (Role::Card, format!("NOTE:x\n{}", pdf.repeat(50)), true),
            (Role::Card, format!("PHOTO;ENCODING=b:{pdf}"), true),
            (Role::Card, format!("X-A;BASE64:\r\n {pdf}\r\n"), true),
            (Role::Card, "KEY;ENCODING=b:mQENBA==".to_owned(), false),
            (Role::Card, format!("KEY;ENCODING=b:{pdf}"), true),
            (Role::Card, "END:VCARD\r\n%PDF-1.7".to_owned(), true),
            (
                Role::Card,
                "END:VCARD\r\n\x1a\r\nBEGIN:VCARD".to_owned(),
                false,
            ),
        ];
        for (role, line, want) in rows {
            let kind = match role {
                Role::Card => "VCARD",
                _ => "VCALENDAR",
            };
            let text = format!("BEGIN:{kind}\r\n{line}\r\nEND:{kind}\r\n");
            assert_eq!(carry_file(role, text.as_bytes()), want, "{text}");
        }
    }
}

//! The outline as people read it: what each part is taken for, and why; the parts of encoded messages stand behind a slash.
//!
//! Promises: the words are those of the step that decided (`Part::why`, `Doubt`), nothing is judged again. Control characters of
//! names are escaped, because a terminal shows them.

use crate::mail::Outline;
use crate::mail::outline::{Encoding, Nature, Part, Role};
use crate::units::ByteSize;
use serde::Serialize;
use std::fmt;

/// What is seen of a mail's structure. The keys of its JSON form are fixed.
#[derive(Debug, Serialize)]
pub struct Seen {
    /// `ordinary`, `signed`, `encrypted` or `report`.
    pub nature: &'static str,
    /// In document order; those of an encoded message behind the part that holds it.
    pub parts: Vec<SeenPart>,
    /// Why the structure cannot be relied on.
    pub doubts: Vec<SeenDoubt>,
}

/// One part.
#[derive(Debug, Serialize)]
pub struct SeenPart {
    /// `1.2`; inside an encoded message `1.2/1.1`.
    pub path: String,
    /// What it is taken for: `text`, `html`, `file`, `picture`, `message` and so on.
    #[serde(rename = "as")]
    pub taken_for: &'static str,
    /// Why.
    pub why: &'static str,
    /// Its media type.
    pub media_type: String,
    /// `base64`, `quoted-printable`, `none` or `unknown`.
    pub encoding: &'static str,
    /// Decoded, in bytes.
    pub size: u64,
    /// Every name that some reader may show; the first is the one we use.
    pub names: Vec<String>,
    /// It lies in a message inside the mail, and goes or stays with that.
    pub inside: bool,
}

/// One doubt.
#[derive(Debug, Serialize)]
pub struct SeenDoubt {
    /// What is wrong.
    pub what: &'static str,
    /// Where: an offset into the mail, or into the encoded message in `part`.
    pub at: u64,
    /// The part whose message it is about; none: the mail itself.
    pub part: Option<String>,
}

impl Seen {
    /// Of an outline and those of the messages in it.
    pub fn of(outline: &Outline) -> Self {
        let mut seen = Seen {
            nature: nature(outline.nature),
            parts: Vec::with_capacity(outline.parts.len()),
            doubts: Vec::new(),
        };
        seen.add(outline, "");
        seen
    }

    fn add(&mut self, outline: &Outline, before: &str) {
        let part = before.strip_suffix('/').map(str::to_owned);
        self.doubts
            .extend(outline.doubts.iter().map(|doubt| SeenDoubt {
                what: doubt.what,
                at: doubt.at,
                part: part.clone(),
            }));
        for part in &outline.parts {
            self.parts.push(SeenPart::of(part, before));
            if let Some(nested) = &part.nested {
                self.add(&nested.outline, &format!("{before}{}/", part.path));
            }
        }
    }
}

impl SeenPart {
    fn of(part: &Part, before: &str) -> Self {
        SeenPart {
            path: format!("{before}{}", part.path),
            taken_for: role(part.role),
            why: part.why,
            media_type: part.media_type.clone(),
            encoding: encoding(part.encoding),
            size: part.decoded_len,
            names: part.names.clone(),
            inside: part.inside.is_some() || !before.is_empty(),
        }
    }

    fn size(&self) -> String {
        match self.taken_for {
            "parts" => String::new(),
            _ => ByteSize(self.size).rough(),
        }
    }

    /// `"a.pdf" (or "b.exe"): said to be an attachment`
    fn remark(&self) -> String {
        let mut names = self
            .names
            .iter()
            .map(|name| name.escape_debug().to_string());
        let Some(first) = names.next() else {
            return self.why.to_owned();
        };
        let others: String = names.map(|name| format!(" (or \"{name}\")")).collect();
        format!("\"{first}\"{others}: {}", self.why)
    }
}

fn nature(nature: Nature) -> &'static str {
    match nature {
        Nature::Encrypted => "encrypted",
        Nature::Ordinary => "ordinary",
        Nature::Report => "report",
        Nature::Signed => "signed",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Attachment => "file",
        Role::Calendar => "invitation",
        Role::Card => "card",
        Role::Container => "parts",
        Role::Encrypted => "encrypted",
        Role::Html => "html",
        Role::Message => "message",
        Role::Picture => "picture",
        Role::Report => "report",
        Role::Signature => "signature",
        Role::Text => "text",
    }
}

fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Base64 => "base64",
        Encoding::Identity => "none",
        Encoding::QuotedPrintable => "quoted-printable",
        Encoding::Unknown => "unknown",
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |of: fn(&SeenPart) -> usize| self.parts.iter().map(of).max().unwrap_or(0);
        let paths = width(|p| p.path.len());
        let types = width(|p| p.media_type.chars().count());
        for (index, part) in self.parts.iter().enumerate() {
            let title = if index == 0 { "outline" } else { "" };
            let kind = part.media_type.escape_debug().to_string();
            writeln!(
                f,
                "{title:<8} {:paths$}  {kind:types$}  {:<10}  {:>10}  {}",
                part.path,
                part.taken_for,
                part.size(),
                part.remark()
            )?;
        }
        for doubt in &self.doubts {
            let of = doubt
                .part
                .as_deref()
                .map_or(String::new(), |p| format!(" of {p}"));
            writeln!(f, "doubt    {} (at byte {}{of})", doubt.what, doubt.at)?;
        }
        match self.nature {
            "ordinary" => Ok(()),
            nature => writeln!(f, "nature   {nature}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::sample::Sample;

    #[test]
    fn people_read_what_each_part_is_taken_for() {
        let mail = Sample::text()
            .file("a\u{1b}[2J.pdf", 1500)
            .doubt("two boundaries")
            .mail();
        let mut outline = mail.outline;
        let file = &mut outline.parts[2];
        file.path = "1.2".into();
        file.why = "said to be an attachment";
        file.names.push("b.exe".into());
        let seen = Seen::of(&outline).to_string();
        for holds in [
            "outline  ",
            "  text/plain                text               6 B  ",
            "1.2  application/octet-stream  file           1.5 KiB  ",
            "\"a\\u{1b}[2J.pdf\" (or \"b.exe\"): said to be an attachment\n",
            "\ndoubt    two boundaries (at byte 0)\n",
        ] {
            assert!(seen.contains(holds), "{holds:?} in\n{seen}");
        }
    }
}

//! The block into one text part, with as few bytes changed as its charset and encoding allow.
//!
//! First choice: the block's bytes among the part's bytes, which stay where they are. Second, for plain text whose charset cannot hold the
//! block: the part anew in UTF-8. Last, if that cannot be read: the block in ASCII. A text that allows none of them is an obstacle, and
//! the whole mail is sealed instead.

use super::Obstacle;
use super::block::Block;
use super::charset::{Charset, folded};
use super::fields;
use super::point;
use super::surgery::Edits;
use super::window::Window;
use crate::mail::outline::{Encoding, Role};
use crate::mail::{Mail, Part};

/// A text part larger than this (as sent) is never written anew.
const LARGEST_REWRITTEN: u64 = 6 * 1024 * 1024;

/// Puts the block into a part of role [`Role::Text`] or [`Role::Html`].
pub(super) fn block(
    edits: &mut Edits,
    mail: &Mail,
    part: &Part,
    block: &Block,
) -> Result<(), Obstacle> {
    match part.role {
        Role::Html => html(edits, mail, part, block),
        _ => plain(edits, mail, part, block),
    }
}

/// Whether [`block`] can do it: neither the place nor the words of a block are an obstacle.
pub(super) fn try_block(mail: &Mail, part: &Part) -> Result<(), Obstacle> {
    match Charset::of(part.charset.as_deref()).takes_ascii() {
        true => Window::try_of(&mail.spool, part),
        false => anew(&mut Edits::default(), mail, part, |_| (0, String::new())),
    }
}

fn html(edits: &mut Edits, mail: &Mail, part: &Part, block: &Block) -> Result<(), Obstacle> {
    let charset = Charset::of(part.charset.as_deref());
    let text = format!("\r\n{}", block.html());
    if !charset.takes_ascii() {
        return anew(edits, mail, part, |whole| {
            (
                point::html::point(whole, true, Charset::UTF_8),
                text.clone(),
            )
        });
    }
    let window = Window::of(&mail.spool, part)?;
    let at = point::html::point(&window.decoded, window.complete, charset);
    let (range, bytes) = window.splice(at, text.as_bytes());
    edits.replace(range, bytes);
    Ok(())
}

fn plain(edits: &mut Edits, mail: &Mail, part: &Part, block: &Block) -> Result<(), Obstacle> {
    let charset = Charset::of(part.charset.as_deref());
    let text = block.plain(is_flowed(part));
    let rewritten = |edits: &mut Edits| {
        anew(edits, mail, part, |whole| {
            let at = point::plain::point(whole, true, Charset::UTF_8);
            (at, set_apart(whole, at, &text))
        })
    };
    if !charset.takes_ascii() {
        return rewritten(edits);
    }
    let window = Window::of(&mail.spool, part)?;
    let at = point::plain::point(&window.decoded, window.complete, charset);
    let alone = set_apart(&window.decoded, at, &text);
    let fitting = charset
        .encode(&alone)
        .filter(|bytes| bytes.is_ascii() || takes_eight_bits(part));
    let bytes = match fitting {
        Some(bytes) => bytes,
        None if rewritten(edits).is_ok() => return Ok(()),
        None => folded(&alone).into_bytes(),
    };
    let (range, bytes) = window.splice(at, &bytes);
    edits.replace(range, bytes);
    Ok(())
}

fn set_apart(text: &[u8], at: usize, block: &str) -> String {
    let (before, behind) = point::plain::apart(text, at);
    format!("{before}{block}{behind}")
}

fn is_flowed(part: &Part) -> bool {
    part.fields
        .value("Content-Type")
        .is_some_and(|value| value.to_ascii_lowercase().contains("flowed"))
}

fn takes_eight_bits(part: &Part) -> bool {
    let said = part
        .fields
        .value("Content-Transfer-Encoding")
        .unwrap_or_default();
    part.encoding != Encoding::Identity
        || matches!(said.trim().to_ascii_lowercase().as_str(), "8bit" | "binary")
}

/// The part in UTF-8, if its bytes are what they are said to be; `place` finds the block's place and text in it.
fn anew(
    edits: &mut Edits,
    mail: &Mail,
    part: &Part,
    place: impl Fn(&[u8]) -> (usize, String),
) -> Result<(), Obstacle> {
    if part.body.end - part.body.start > LARGEST_REWRITTEN {
        return Err(Obstacle::Unfit(
            "a text in an unusual charset is too large to be written anew",
        ));
    }
    let raw = mail.spool.slice(part.body.clone())?;
    let bytes = match part.encoding {
        Encoding::Identity => raw,
        Encoding::QuotedPrintable => encodify::qp::BODY
            .decode(&raw)
            .map_err(|_| {
                Obstacle::Unfit("a text in an unusual charset has damaged quoted-printable")
            })?
            .into_owned(),
        Encoding::Base64 => encodify::base64::LENIENT
            .decode(&raw)
            .map_err(|_| Obstacle::Unfit("a text in an unusual charset has damaged base64"))?,
        Encoding::Unknown => {
            return Err(Obstacle::Unfit("a text has an unknown transfer encoding"));
        }
    };
    let mut text = Charset::of(part.charset.as_deref())
        .decode(&bytes)
        .ok_or(Obstacle::Unfit(
            "a text is not in the charset it says it is in",
        ))?;
    let (at, block) = place(text.as_bytes());
    text.insert_str(at, &block);
    announce(edits, mail, part)?;
    edits.replace(
        part.body.clone(),
        encodify::base64::MIME.encode(&text).trim_end().to_owned() + "\r\n",
    );
    Ok(())
}

/// The part's header says what its body is now.
fn announce(edits: &mut Edits, mail: &Mail, part: &Part) -> Result<(), Obstacle> {
    let end = fields::end(&mail.spool, &part.header)?.ok_or(Obstacle::Unfit(
        "a text has no blank line behind its header",
    ))?;
    let content_type = content_type(part);
    match part.fields.first("Content-Type") {
        Some(field) => edits.replace(field.range.clone(), content_type),
        None => edits.insert(end, content_type),
    }
    let encoding = "Content-Transfer-Encoding: base64\r\n";
    match part.fields.first("Content-Transfer-Encoding") {
        Some(field) => edits.replace(field.range.clone(), encoding),
        None => edits.insert(end, encoding),
    }
    if part.parent.is_none() && part.fields.first("MIME-Version").is_none() {
        edits.insert(end, "MIME-Version: 1.0\r\n");
    }
    Ok(())
}

/// The field as it was, but for its charset.
fn content_type(part: &Part) -> String {
    let raw = part
        .fields
        .first("Content-Type")
        .map_or("", |field| field.raw.as_str());
    let pieces = pieces(raw);
    let kept: Vec<&str> = pieces
        .iter()
        .map(|piece| piece.trim())
        .filter(|piece| piece.is_ascii() && !piece.is_empty())
        .filter(|piece| !piece.to_ascii_lowercase().starts_with("charset"))
        .collect();
    match kept.first() {
        Some(first) if first.contains('/') => {
            format!(
                "Content-Type: {};\r\n\tcharset=utf-8\r\n",
                kept.join(";\r\n\t")
            )
        }
        _ => format!("Content-Type: {};\r\n\tcharset=utf-8\r\n", part.media_type),
    }
}

/// Cut at semicolons that are not in quotes.
fn pieces(raw: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (i, c) in raw.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                out.push(&raw[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    out.push(&raw[start..]);
    out
}

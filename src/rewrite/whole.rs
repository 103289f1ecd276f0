//! A body that is ours from the first byte: for a mail whose text went into the transfer, or that was nothing but the file.
//!
//! Promises: text and HTML say the same (multipart/alternative), both quoted-printable UTF-8, so that every hop can carry them; nothing of
//! the old body is left but what the sender wrote above the line that opens it.

use super::Obstacle;
use super::block::Block;
use super::charset::Charset;
use super::fields;
use super::point;
use super::surgery::Edits;
use super::takeout::readable;
use super::window::Window;
use crate::mail::Mail;
use crate::mail::id::random_characters;
use crate::mail::outline::Role;
use std::collections::BTreeSet;

/// Above this line the sender's text stays in the mail, in the clear.
const OPEN_UNTIL: &str = "--- protected from here ---";

/// Both faces of a block.
pub(super) struct Alternative {
    fields: String,
    body: String,
}

/// The block as text and HTML.
pub(super) fn alternative(block: &Block) -> Alternative {
    let random = random_characters::<16>();
    let boundary = format!("cloakroom-{}", String::from_utf8_lossy(&random));
    let face = |subtype: &str, text: &str| {
        let encoded = encodify::qp::BODY.encode(text);
        format!(
            "--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n{encoded}\r\n"
        )
    };
    Alternative {
        fields: format!("Content-Type: multipart/alternative;\r\n\tboundary=\"{boundary}\"\r\n"),
        body: format!(
            "{}{}--{boundary}--\r\n",
            face("plain", &block.plain(false)),
            face("html", &block.document())
        ),
    }
}

impl Alternative {
    /// As a part of a multipart, without the delimiter before it, with the line end before the next.
    pub(super) fn as_part(&self) -> Vec<u8> {
        format!("{}\r\n{}", self.fields, self.body).into_bytes()
    }
}

/// Puts our body in place of the mail's. The old `Content-…` fields are for `fields` to remove.
pub(super) fn body(edits: &mut Edits, mail: &Mail, block: &Block) -> Result<(), Obstacle> {
    let root = mail.outline.root();
    let ours = alternative(block);
    let fields = format!("MIME-Version: 1.0\r\n{}", ours.fields);
    match fields::end(&mail.spool, &root.header)? {
        Some(end) => {
            edits.insert(end, fields);
            edits.replace(root.header.end..mail.spool.len(), ours.body);
        }
        None => edits.replace(
            root.header.end..mail.spool.len(),
            format!("{fields}\r\n{}", ours.body),
        ),
    }
    Ok(())
}

/// What the sender wrote above the line, if the mail has a plain text with that line.
pub(super) fn open_text(mail: &Mail) -> Option<String> {
    let text = readable(&mail.outline, 0, &BTreeSet::new())
        .into_iter()
        .map(|index| &mail.outline.parts[index])
        .find(|part| part.role == Role::Text)?;
    let window = Window::of(&mail.spool, text).ok()?;
    if !window.complete {
        return None;
    }
    let said = Charset::of(text.charset.as_deref()).decode(&window.decoded)?;
    // Below the new text lies the history: a line in there opened an older mail, not this one.
    let new = point::plain::point(said.as_bytes(), true);
    let mut open = Vec::new();
    for line in said[..new].lines() {
        if line.trim() == OPEN_UNTIL {
            let open = open.join("\r\n");
            return (!open.trim().is_empty()).then(|| open.trim_end().to_owned());
        }
        open.push(line);
    }
    None
}

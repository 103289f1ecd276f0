//! A body that is ours from the first byte: for a mail whose text went into the transfer, or that was nothing but the file.
//!
//! Promises: text and HTML say the same (multipart/alternative), both quoted-printable UTF-8, so that every hop can carry them; nothing of
//! the old body is left but what the sender wrote above the line that opens it (`open`).

use super::Obstacle;
use super::block::Block;
use super::fields;
use super::surgery::Edits;
use crate::mail::Mail;
use crate::mail::id::random_characters;

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

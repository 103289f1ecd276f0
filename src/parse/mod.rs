//! From bytes to structure: the outline of a mail, and every doubt about it.
//!
//! Promises: the MIME library decides what is a part; this step only maps, classifies and doubts. Whatever other readers may see
//! differently becomes a [`Doubt`]; nothing is guessed and nothing is repaired. Memory stays bounded by the skeleton.
//! Leaves to others: what the parts mean for policy (`decide`), what becomes of a doubtful mail (`decide`, `rewrite`).
//! Fails only where the spool fails; a strange mail is no failure.

mod armor;
mod charset;
mod delimiters;
mod doubts;
mod header;
mod hidden;
mod lines;
mod look;
mod params;
mod pieces;
mod roles;
mod shown;
mod tnef;
mod tree;
mod truth;
mod urls;
mod winmail;

use crate::fault::{Fault, Kind};
use crate::mail::outline::{Doubt, Encoding, Nested, Outline, Part, Role};
use crate::mail::{Decoder, Mail, Received, Skeleton, SkeletonBuilder, Spool};
use std::io::{self, Read};
use std::sync::Arc;
use tree::Tree;

/// Containers in containers.
const MAX_DEPTH: usize = 50;
/// Parts of one mail, those of forwarded messages included.
const MAX_PARTS: usize = 1_000;
/// Messages that are encoded inside messages that are encoded.
const MAX_ENCODED: usize = 3;

/// The structure of a mail that was received.
pub fn mail(received: Received) -> Result<Mail, Fault> {
    let outline = outline(&received.spool, &received.skeleton).map_err(spool_fault)?;
    Ok(Mail {
        id: received.id,
        at: received.at,
        envelope: received.envelope,
        spool: received.spool,
        outline,
        body_hash: received.body_hash,
        early: received.early,
        attention: received.attention,
        one_for_all: received.one_for_all,
    })
}

/// The structure of the bytes in a spool, of which the skeleton was taken.
pub fn outline(spool: &Spool, skeleton: &Skeleton) -> io::Result<Outline> {
    outline_at(spool, skeleton, 0)
}

/// `level` counts the encoded messages around it.
fn outline_at(spool: &Spool, skeleton: &Skeleton, level: usize) -> io::Result<Outline> {
    let Some(mut tree) = Tree::of(skeleton) else {
        return Ok(no_mail(spool));
    };
    doubts::of_structure(&mut tree, skeleton, level == 0);
    roles::assign(&mut tree);
    let mut looks = Vec::with_capacity(tree.parts.len());
    for index in 0..tree.parts.len() {
        looks.push(look_at(spool, &mut tree, index, level)?);
    }
    roles::refine(&mut tree, &looks);
    let nature = roles::nature(&tree, &looks);
    let opened = winmail::open(spool, &mut tree, level)?;
    tree.doubts.sort_by_key(|doubt| doubt.at);
    tree.doubts.dedup();
    Ok(Outline {
        parts: winmail::with_files(tree.parts, opened),
        doubts: tree.doubts,
        nature,
    })
}

/// Reads a leaf's body once: its decoded length, its damage, and what its text has in it.
fn look_at(spool: &Spool, tree: &mut Tree, index: usize, level: usize) -> io::Result<look::Look> {
    let part = &tree.parts[index];
    if is_encoded_message(part) {
        open_message(spool, tree, index, level)?;
        return Ok(look::Look::default());
    }
    if part.role == Role::Container || tree.seen[index].opened {
        tree.parts[index].decoded_len = part.body.end - part.body.start;
        return Ok(look::Look::default());
    }
    let mut decoder = Decoder::new(spool, part.body.clone(), part.encoding);
    let look = look::through(&mut decoder, part)?;
    let at = part.body.start;
    tree.parts[index].decoded_len = look.len;
    // A text with a stray `=` shows a stray `=`, whoever reads it; in a file it makes other bytes.
    let is_shown = look.holds && matches!(tree.parts[index].role, Role::Html | Role::Text);
    let is_shrugged_off = is_shown && tree.parts[index].encoding == Encoding::QuotedPrintable;
    let damage = decoder.damage().filter(|_| !is_shrugged_off);
    for what in damage.into_iter().chain(look.doubt) {
        tree.doubt_about(index, what, at);
    }
    Ok(look)
}

fn is_encoded_message(part: &Part) -> bool {
    matches!(
        part.media_type.as_str(),
        "message/rfc822" | "message/global"
    ) && matches!(part.encoding, Encoding::Base64 | Encoding::QuotedPrintable)
}

/// A `message/rfc822` in base64 or quoted-printable is not allowed (RFC 2046 section 5.2.1), but sent.
fn open_message(spool: &Spool, tree: &mut Tree, index: usize, level: usize) -> io::Result<()> {
    let part = &tree.parts[index];
    let at = part.body.start;
    let mut decoder = Decoder::new(spool, part.body.clone(), part.encoding);
    if level >= MAX_ENCODED {
        tree.parts[index].decoded_len = decoder.measure()?;
        tree.doubt(
            "messages encoded in one another more than three levels deep",
            at,
        );
        return Ok(());
    }
    let inner = nested(spool, &mut decoder, level)?;
    if let Some(what) = decoder.damage() {
        tree.doubt_about(index, what, at);
    }
    let part = &mut tree.parts[index];
    part.decoded_len = inner.spool.len();
    part.nested = Some(Arc::new(inner));
    Ok(())
}

/// Decodes a message into a spool of its own, and finds its structure.
fn nested(spool: &Spool, decoder: &mut Decoder<'_>, level: usize) -> io::Result<Nested> {
    let mut skeleton = SkeletonBuilder::new();
    let inner = beside(spool, decoder, |block| skeleton.push(block))?;
    let outline = outline_at(&inner, &skeleton.finish(), level + 1)?;
    Ok(Nested {
        spool: inner,
        outline,
    })
}

/// Decodes into a spool of its own; `seen` gets each block too.
fn beside(
    spool: &Spool,
    decoder: &mut Decoder<'_>,
    mut seen: impl FnMut(&[u8]),
) -> io::Result<Spool> {
    let mut writer = spool.beside();
    let mut block = vec![0; 64 * 1024];
    loop {
        let n = decoder.read(&mut block)?;
        if n == 0 {
            return writer.finish();
        }
        writer.write(&block[..n])?;
        seen(&block[..n]);
    }
}

/// Neither a header field nor a blank line: one part that nobody can say anything about.
fn no_mail(spool: &Spool) -> Outline {
    let part = Part {
        body: 0..spool.len(),
        span: 0..spool.len(),
        decoded_len: spool.len(),
        role: Role::Text,
        why: "no header at all",
        ..Part::empty("1")
    };
    Outline {
        parts: vec![part],
        doubts: vec![Doubt {
            what: "no header at all",
            at: 0,
        }],
        nature: Default::default(),
    }
}

fn spool_fault(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Fault::because(Kind::DiskFull, error)
        }
        _ => Fault::because(Kind::Internal, error),
    }
}

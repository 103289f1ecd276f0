//! Judges a delivered mail by the mail that was sent, piece by piece, knowing nothing of how the gateway works.
//!
//! What may be missing: the parts that the manifest calls files, multiparts of which nothing is left, fields that the change makes
//! untrue. What may be new: our fields, and one block in a text. All else must be the same to the byte. A text in a charset that cannot
//! hold the block may be written anew in UTF-8, and then must say the same.

use super::pieces::{Piece, is_named, lines};
use encoding_rs::Encoding;
use std::collections::BTreeSet;

/// How the block's first and last line begin in plain text.
const RULE: &[u8] = b"---------------------------------------------------------------";

/// Fields of the mail that a change makes untrue, and those that no mail server lets leave.
const UNTRUE: &[&str] = &[
    "ARC-Authentication-Results",
    "ARC-Message-Signature",
    "ARC-Seal",
    "Bcc",
    "Content-Length",
    "DKIM-Signature",
    "DomainKey-Signature",
    "Lines",
    "Resent-Bcc",
    "X-Google-DKIM-Signature",
];

/// What was found in the delivered mail.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Texts with a block, by their paths in the mail that was sent; `new` for a part that is ours.
    pub blocks: Vec<String>,
    /// Those of them that were written anew.
    pub anew: Vec<String>,
    /// The links in all blocks.
    pub links: BTreeSet<String>,
}

/// The mail behind our `Received` field, if it begins with one.
pub fn without_received(delivered: &[u8]) -> Result<&[u8], String> {
    let field = Piece::of(delivered).fields()[0];
    let text = String::from_utf8_lossy(field);
    let right = regex::Regex::new(
        r"^Received: from client\.test \(\[127\.0\.0\.1\]\)\r\n\tby gateway\.test with (UTF8SMTP|E?SMTP) id \S+;\r\n\t[^\r\n]+\r\n$",
    );
    match right.expect("a pattern").is_match(&text) {
        true => Ok(&delivered[field.len()..]),
        false => Err(format!("it begins with {text:?}")),
    }
}

/// Compares a mail of which the parts in `taken` were to be taken out.
pub fn files_taken(
    old: &Piece<'_>,
    new: &Piece<'_>,
    taken: &BTreeSet<String>,
) -> Result<Found, String> {
    if !old.is_multipart() && taken.contains(&old.path) {
        return body_replaced(old, new);
    }
    let wanted: Vec<_> = old.fields().into_iter().filter(|f| !is_untrue(f)).collect();
    same_fields(&wanted, &after_transfer(new)?)?;
    let mut judge = Judge {
        taken,
        found: Found::default(),
    };
    judge.inside(old, new)?;
    Ok(judge.found)
}

/// Compares a mail whose body was to be replaced as a whole.
pub fn body_replaced(old: &Piece<'_>, new: &Piece<'_>) -> Result<Found, String> {
    let gone = |field: &[u8]| {
        is_untrue(field)
            || is_named(field, "MIME-Version")
            || field
                .get(..8)
                .is_some_and(|n| n.eq_ignore_ascii_case(b"Content-"))
    };
    let is_ours = |field: &[u8]| {
        field == b"MIME-Version: 1.0\r\n"
            || field.starts_with(b"Content-Type: multipart/alternative;\r\n\tboundary=")
    };
    let fields = after_transfer(new)?;
    let ours = fields.iter().filter(|f| is_ours(f)).count();
    let kept: Vec<_> = fields.into_iter().filter(|f| !is_ours(f)).collect();
    let mut wanted: Vec<_> = old.fields().into_iter().filter(|f| !gone(f)).collect();
    // A mail may end with its header; ours has a body.
    if wanted.last() != Some(&&b"\r\n"[..]) {
        wanted.push(b"\r\n");
    }
    if ours != 2 {
        return Err(format!("{ours} of our two fields"));
    }
    same_fields(&wanted, &kept)?;
    let mut found = Found::default();
    ours_alone(new, &mut found)?;
    Ok(found)
}

struct Judge<'t> {
    taken: &'t BTreeSet<String>,
    found: Found,
}

impl Judge<'_> {
    /// Everything of a piece but its header.
    fn inside(&mut self, old: &Piece<'_>, new: &Piece<'_>) -> Result<(), String> {
        if !old.is_multipart() {
            return self.leaf(old, new);
        }
        same(old, "text before the parts", old.body, new.body)?;
        same(old, "text behind the parts", old.end, new.end)?;
        let kept: Vec<_> = old.children.iter().filter(|c| !self.is_gone(c)).collect();
        let mut come = &new.children[..];
        if old.path == "1" && come.len() == kept.len() + 1 {
            same(
                old,
                "delimiter",
                old.children[0].delimiter,
                come[0].delimiter,
            )?;
            same(old, "line end", b"\r\n", come[0].tail)?;
            ours_alone(&come[0], &mut self.found)?;
            come = &come[1..];
        }
        if kept.len() != come.len() {
            let (was, is) = (kept.len(), come.len());
            return Err(format!(
                "{}: {was} parts should be left, {is} are",
                old.path
            ));
        }
        for (old, new) in kept.into_iter().zip(come) {
            same(old, "delimiter", old.delimiter, new.delimiter)?;
            same(old, "line end", old.tail, new.tail)?;
            if old.header == new.header {
                self.inside(old, new)?;
            } else if old.media_type().starts_with("text/") {
                self.anew(old, new)?;
            } else {
                same(old, "header", old.header, new.header)?;
            }
        }
        Ok(())
    }

    fn is_gone(&self, piece: &Piece<'_>) -> bool {
        self.taken.contains(&piece.path)
            || (piece.is_multipart() && piece.children.iter().all(|c| self.is_gone(c)))
    }

    fn leaf(&mut self, old: &Piece<'_>, new: &Piece<'_>) -> Result<(), String> {
        if old.body == new.body {
            return Ok(());
        }
        let cut = self.cut(old, &new.decoded(), &old.decoded(), new)?;
        if !cut {
            let at = first_difference(old.body, new.body);
            return Err(format!("{}: more than a block is new, {at}", old.path));
        }
        nearly_same_lines(old, new)?;
        self.found.blocks.push(old.path.clone());
        Ok(())
    }

    /// A text in UTF-8 whose characters are those of the old one.
    fn anew(&mut self, old: &Piece<'_>, new: &Piece<'_>) -> Result<(), String> {
        let at = &old.path;
        let changed =
            |f: &&[u8]| !is_named(f, "Content-Type") && !is_named(f, "Content-Transfer-Encoding");
        let wanted: Vec<_> = old.fields().into_iter().filter(changed).collect();
        let come: Vec<_> = new.fields().into_iter().filter(changed).collect();
        same_fields(&wanted, &come)?;
        if parameters(old) != parameters(new) || new.charset().as_deref() != Some("utf-8") {
            return Err(format!("{at}: {:?}", new.value("Content-Type")));
        }
        if new.encoding() != "base64" {
            return Err(format!("{at}: encoded as {}", new.encoding()));
        }
        let label = old.charset().unwrap_or_default();
        let charset = Encoding::for_label(label.as_bytes()).ok_or(format!("{at}: {label}?"))?;
        let bytes = old.decoded();
        let (was, _, damaged) = charset.decode(&bytes);
        if damaged || !self.cut(old, &new.decoded(), was.as_bytes(), new)? {
            return Err(format!("{at}: written anew, and says something else"));
        }
        self.found.blocks.push(at.clone());
        self.found.anew.push(at.clone());
        Ok(())
    }

    /// True if `new` without its block is `old`, but for the line ends that set the block apart.
    fn cut(
        &mut self,
        piece: &Piece<'_>,
        new: &[u8],
        old: &[u8],
        shown: &Piece<'_>,
    ) -> Result<bool, String> {
        let (start, end) = block(new, &shown.media_type())
            .ok_or_else(|| format!("{}: changed, and there is no block", piece.path))?;
        self.found.links.extend(links(&new[start..end]));
        let (before, behind) = (&new[..start], &new[end..]);
        let cut = |bytes: &[u8], n: usize| bytes.len().checked_sub(n);
        // Three behind: the block in base64 is filled up to a group.
        for front in 0..=2 {
            for back in 0..=3 {
                let ends = &b"\r\n\r\n\r\n"[..2 * back];
                let Some(from) = cut(before, 2 * front) else {
                    continue;
                };
                if before[from..] == b"\r\n\r\n"[..2 * front]
                    && behind.starts_with(ends)
                    && old.len() == from + behind.len() - ends.len()
                    && old.starts_with(&before[..from])
                    && old.ends_with(&behind[ends.len()..])
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// A multipart/alternative of ours: text and HTML, each with one block.
fn ours_alone(piece: &Piece<'_>, found: &mut Found) -> Result<(), String> {
    let kinds: Vec<String> = piece.children.iter().map(Piece::media_type).collect();
    let quiet = piece.body.is_empty() && lines(piece.end).count() == 1;
    if kinds != ["text/plain", "text/html"] || !quiet {
        return Err(format!("our part has {kinds:?}"));
    }
    for child in &piece.children {
        let text = child.decoded();
        let (start, end) = block(&text, &child.media_type()).ok_or("our part has no block")?;
        found.links.extend(links(&text[start..end]));
    }
    found.blocks.push("new".to_owned());
    Ok(())
}

/// Where the block stands in a decoded text, with the line end behind it.
fn block(text: &[u8], media_type: &str) -> Option<(usize, usize)> {
    let find = |needle: &[u8], from: usize| {
        memchr::memmem::find(&text[from..], needle).map(|at| at + from)
    };
    if media_type.ends_with("html") {
        let start = find(b"<!-- cloakroom:begin ", 0)?;
        let last = find(b"<!-- cloakroom:end ", start)?;
        let once = find(b"<!-- cloakroom:begin ", start + 1).is_none();
        let end = find(b"\r\n", last).filter(|_| once)?;
        return Some((start, end + 2));
    }
    let pattern = regex::bytes::Regex::new(LINK).expect("a pattern");
    let link = pattern.find(text)?.start();
    let start = memchr::memmem::rfind(&text[..link], RULE)?;
    let end = find(RULE, link)? + RULE.len();
    text[end..].starts_with(b"\r\n").then_some((start, end + 2))
}

const LINK: &str = r"http://127\.0\.0\.1:[0-9]+/t/[0-9a-z]{32}";

fn links(block: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(block);
    let pattern = regex::Regex::new(LINK).expect("a pattern");
    pattern
        .find_iter(&text)
        .map(|m| m.as_str().to_owned())
        .collect()
}

/// The fields of a changed mail behind the one that names the transfer.
fn after_transfer<'a>(new: &Piece<'a>) -> Result<Vec<&'a [u8]>, String> {
    let fields = new.fields();
    let named = regex::bytes::Regex::new(r"^X-Cloakroom-Transfer: [0-9A-Z]{8}\r\n$");
    match named.expect("a pattern").is_match(fields[0]) {
        true => Ok(fields[1..].to_vec()),
        false => Err("a changed mail does not name its transfer".to_owned()),
    }
}

fn is_untrue(field: &[u8]) -> bool {
    UNTRUE.iter().any(|name| is_named(field, name))
}

fn same_fields(old: &[&[u8]], new: &[&[u8]]) -> Result<(), String> {
    if old == new {
        return Ok(());
    }
    let show = |field: Option<&&[u8]>| field.map(|f| String::from_utf8_lossy(f).into_owned());
    let at = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (was, is) = (show(old.get(at)), show(new.get(at)));
    Err(format!("a field was {was:?} and is {is:?}"))
}

fn same(piece: &Piece<'_>, what: &str, old: &[u8], new: &[u8]) -> Result<(), String> {
    if old == new {
        return Ok(());
    }
    let at = first_difference(old, new);
    Err(format!("{}: {what} changed, {at}", piece.path))
}

fn first_difference(old: &[u8], new: &[u8]) -> String {
    let at = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let near = |bytes: &[u8]| {
        let near = &bytes[at.saturating_sub(20)..bytes.len().min(at + 60)];
        String::from_utf8_lossy(near).into_owned()
    };
    format!("at byte {at}: was {:?}, is {:?}", near(old), near(new))
}

/// As sent, all lines of a text are as they were, but for the one where the block was put in: in base64 two, as the group around
/// the block is written anew.
fn nearly_same_lines(old: &Piece<'_>, new: &Piece<'_>) -> Result<(), String> {
    let of = |body| lines(body).map(|(_, line)| line).collect::<Vec<&[u8]>>();
    let (was, is) = (of(old.body), of(new.body));
    let head = was.iter().zip(&is).take_while(|(a, b)| a == b).count();
    let tail = was[head..]
        .iter()
        .rev()
        .zip(is[head..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let changed = was.len() - head - tail;
    let allowed = if old.encoding() == "base64" { 2 } else { 1 };
    if changed > allowed {
        return Err(format!("{}: {changed} lines changed", old.path));
    }
    Ok(())
}

/// The parameters of the type but for the charset, in any order and with any folding.
fn parameters(piece: &Piece<'_>) -> BTreeSet<String> {
    let value = piece.value("Content-Type").unwrap_or_default();
    String::from_utf8_lossy(&value)
        .split(';')
        .map(|p| p.trim().to_owned())
        .filter(|p| !p.is_empty() && !p.to_ascii_lowercase().starts_with("charset"))
        .collect()
}

#[test]
fn the_judge_sees_every_byte_that_is_not_of_the_block() {
    let field = "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n";
    let text = "Content-Transfer-Encoding: quoted-printable\r\n\r\nDear =\r\nBo\r\n";
    let old = format!("{field}note\r\n--x\r\n{text}--x\r\nA: b\r\n\r\nfile\r\n--x--\r\nend\r\n");
    let rule = String::from_utf8_lossy(RULE);
    let link = "http://127.0.0.1:1/t/abcdefghijklmnopqrstuvwxyz234567";
    let block = format!("\r\n\r\n{rule}\r\nHere:\r\n{link}\r\n{rule}\r\n");
    let ours = "X-Cloakroom-Transfer: 7K3M9XQF\r\n";
    let (head, tail) = (
        format!("{ours}{field}note\r\n--x\r\n{}", text.trim_end()),
        "\r\n--x--\r\nend\r\n",
    );
    let new = format!("{head}{block}{tail}");
    let taken = BTreeSet::from(["1.2".to_owned()]);
    let judged = |new: &[u8]| files_taken(&Piece::of(old.as_bytes()), &Piece::of(new), &taken);
    let found = judged(new.as_bytes()).expect("this one is right");
    assert_eq!(found.blocks, ["1.1"]);
    assert_eq!(Vec::from_iter(&found.links), [link]);
    let id = ours.len() - 10..ours.len() - 2;
    let block = head.len() + 4..head.len() + block.len();
    let free = |at: &usize| id.contains(at) || block.contains(at);
    for at in (0..new.len()).filter(|at| !free(at)) {
        let mut damaged = new.clone().into_bytes();
        damaged[at] ^= 1;
        assert!(judged(&damaged).is_err(), "byte {at} changed");
        damaged.remove(at);
        assert!(judged(&damaged).is_err(), "byte {at} gone");
    }
}

//! What a server has to change so that the mail it keeps becomes a variant: header fields by name and number, and another body.
//!
//! Fields are compared by name, in their order; positions between names are the server's business, as no meaning hangs on them but for
//! trace fields and signatures, which come on top. Our own `Received` line is left out: the server has not been left.
//! Promises: no change for what is equal to the byte; fields are deleted from the last to the first, so that numbers hold whether the
//! server counts deleted ones (Sendmail) or not (Postfix); the body comes first, the header behind it.
//! Leaves to others: whether the change may be made.

use crate::mail::{Content, Variant};
use crate::wire::milter::{BLOCK, Response};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::Range;

/// Header blocks beyond this are no mail's.
const MOST_HEADER: u64 = 4 * 1024 * 1024;

/// Fields that belong on top: each is about everything below it.
const TRACE: [&str; 3] = ["dkim-signature", "received", "x-cloakroom-seal"];

/// A field as a server counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: String,
    /// What stands behind the colon; continuation lines by LF.
    value: String,
}

/// One change to the header.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Add(Field),
    /// On top.
    Insert(Field),
    /// Of those with this name, the one of this number from 1. An empty value deletes it.
    Set(u32, Field),
}

/// All changes that make a variant of a mail.
#[derive(Debug)]
pub(super) struct Changes {
    header: Vec<Change>,
    /// The new body.
    body: Option<Content>,
    /// So much of it is header.
    skip: u64,
}

impl Changes {
    /// Compares a variant with the mail it was made of, whose header is at `header`. Reads both headers.
    pub(super) fn of(variant: &Variant, header: &Range<u64>) -> io::Result<Changes> {
        let content = variant.content();
        let whole = content.kept(header.clone())?;
        let before = fields(&whole);
        let (block, skip) = head_of(content)?;
        let mut after = fields(&block);
        let newest = |fields: &[Field]| {
            let is_trace = |f: &Field| f.name.eq_ignore_ascii_case("received");
            fields.iter().position(is_trace)
        };
        if let Some(at) = newest(&after)
            && newest(&before).map(|at| &before[at].value) != Some(&after[at].value)
        {
            // Ours.
            after.remove(at);
        }
        Ok(Changes {
            header: differences(&before, &after),
            body: (!content.keeps_behind(skip, header.end)).then(|| content.clone()),
            skip,
        })
    }

    /// The mail is already as it is to be.
    pub(super) fn is_empty(&self) -> bool {
        self.header.is_empty() && self.body.is_none()
    }

    /// One more field of this name, and nothing else.
    pub(super) fn is_only(&self, name: &str) -> bool {
        let is_new = |c: &Change| matches!(c, Change::Insert(field) if field.name == name);
        self.body.is_none() && matches!(&self.header[..], [only] if is_new(only))
    }

    /// Bytes of the mail as it is to be, if it gets another body.
    pub(super) fn len(&self) -> u64 {
        self.body.as_ref().map_or(0, Content::len)
    }

    /// The body, block by block; then the header.
    pub(super) fn body(&self) -> io::Result<Option<Body>> {
        let Some(content) = &self.body else {
            return Ok(None);
        };
        let mut reader = content.reader();
        io::copy(&mut (&mut reader).take(self.skip), &mut io::sink())?;
        Ok(Some(Body {
            reader: Box::new(reader),
            begun: false,
        }))
    }

    /// Writes the changes to the header. `spaced`: the server takes white space behind the colon as part of the value; else it writes
    /// one space itself.
    pub(super) fn write_header(&self, spaced: bool, out: &mut Vec<u8>) {
        for change in &self.header {
            let (Change::Add(field) | Change::Insert(field) | Change::Set(_, field)) = change;
            let name = &field.name;
            let value = match spaced {
                true => &field.value,
                false => field.value.strip_prefix(' ').unwrap_or(&field.value),
            };
            match change {
                Change::Add(_) => Response::AddHeader { name, value },
                Change::Insert(_) => Response::InsertHeader { name, value },
                Change::Set(index, _) => Response::ChangeHeader {
                    index: *index,
                    name,
                    value,
                },
            }
            .write_to(out);
        }
    }
}

/// A body on its way.
pub(super) struct Body {
    reader: Box<dyn Read + Send>,
    begun: bool,
}

impl Body {
    /// The next block as a packet; `false` behind the last one. An empty body is one empty block, else the old one stayed.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let mut block = Vec::with_capacity(BLOCK);
        (&mut self.reader)
            .take(BLOCK as u64)
            .read_to_end(&mut block)?;
        if block.is_empty() && self.begun {
            return Ok(false);
        }
        self.begun = true;
        Response::ReplaceBody(&block).write_to(out);
        Ok(block.len() == BLOCK)
    }
}

/// The header of a content with its empty line, and how long it is.
fn head_of(content: &Content) -> io::Result<(Vec<u8>, u64)> {
    let mut block = Vec::new();
    let mut reader = content.reader().take(MOST_HEADER);
    let mut buffer = [0; 8192];
    loop {
        let read = reader.read(&mut buffer)?;
        let seen = block.len().saturating_sub(3);
        block.extend_from_slice(&buffer[..read]);
        if block.starts_with(b"\r\n") {
            block.truncate(2);
        } else if let Some(at) = memchr::memmem::find(&block[seen..], b"\r\n\r\n") {
            block.truncate(seen + at + 4);
        } else if read > 0 {
            continue;
        } else if block.len() as u64 >= MOST_HEADER {
            return Err(io::Error::other("a header without an end"));
        }
        let length = block.len() as u64;
        return Ok((block, length));
    }
}

/// The fields of a header block. Lines without a name belong to the field before, as servers have it.
fn fields(block: &[u8]) -> Vec<Field> {
    let text = String::from_utf8_lossy(block);
    let mut fields: Vec<Field> = Vec::new();
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        let folded = line.starts_with([' ', '\t']);
        match (line.split_once(':'), fields.last_mut()) {
            (Some((name, value)), _) if !folded => fields.push(Field {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            (_, Some(field)) => {
                field.value.push('\n');
                field.value.push_str(line);
            }
            _ => {}
        }
    }
    fields
}

fn differences(before: &[Field], after: &[Field]) -> Vec<Change> {
    let mut names: BTreeMap<String, [Vec<Field>; 2]> = BTreeMap::new();
    for (side, fields) in [before, after].into_iter().enumerate() {
        for field in fields {
            let same = names.entry(field.name.to_ascii_lowercase()).or_default();
            same[side].push(field.clone());
        }
    }
    let mut changes = Vec::new();
    for (name, [before, after]) in &names {
        of_one_name(name, before, after, &mut changes);
    }
    changes
}

/// Fields of one name, in their order.
fn of_one_name(name: &str, before: &[Field], after: &[Field], changes: &mut Vec<Change>) {
    let more = after.len().saturating_sub(before.len());
    if TRACE.contains(&name) && after[more..] == *before {
        // The topmost last.
        let new = after[..more].iter().rev().cloned();
        changes.extend(new.map(Change::Insert));
        return;
    }
    let both = before.iter().zip(after).zip(1..);
    let other = both.filter(|((old, new), _)| old.value != new.value);
    changes.extend(other.map(|((_, new), index)| Change::Set(index, new.clone())));
    let gone = (1..).zip(before).skip(after.len()).map(|(index, old)| {
        let value = String::new();
        Change::Set(
            index,
            Field {
                value,
                ..old.clone()
            },
        )
    });
    let gone: Vec<Change> = gone.collect();
    changes.extend(gone.into_iter().rev());
    let new = after.iter().skip(before.len()).cloned();
    match TRACE.contains(&name) {
        true => changes.extend(new.rev().map(Change::Insert)),
        false => changes.extend(new.map(Change::Add)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Lane, Segment, Spool};
    use std::sync::Arc;

    fn block(lines: &[&str]) -> String {
        lines
            .iter()
            .map(|line| format!("{line}\r\n"))
            .collect::<String>()
            + "\r\n"
    }

    /// The changes as one word each: `+` adds, `^` puts on top, a number sets or (`-`) deletes.
    fn said(before: &[&str], after: &[&str]) -> Vec<String> {
        let (before, after) = (block(before), block(after));
        let changes = differences(&fields(before.as_bytes()), &fields(after.as_bytes()));
        let word = |change: &Change| match change {
            Change::Add(f) => format!("+{}:{}", f.name, f.value),
            Change::Insert(f) => format!("^{}:{}", f.name, f.value),
            Change::Set(n, f) if f.value.is_empty() => format!("-{n} {}", f.name),
            Change::Set(n, f) => format!("{n} {}:{}", f.name, f.value),
        };
        changes.iter().map(word).collect()
    }

    #[test]
    fn a_header_is_changed_by_name_and_number() {
        let rows: [(&[&str], &[&str], &[&str]); 9] = [
            (&["A: 1", "B: 2"], &["A: 1", "B: 2"], &[]),
            (&["A: 1"], &["A: 1", "B: 2"], &["+B: 2"]),
            (&["A: 1", "a: 2"], &["A: 1", "A: 3"], &["2 A: 3"]),
            // From the last to the first: whoever counts what is gone, and whoever does not, deletes the same.
            (&["A: 1", "A: 2", "A: 3"], &["A: 1"], &["-3 A", "-2 A"]),
            (&["A: 1"], &["A:\tx", " y"], &["1 A:\tx\n y"]),
            // What stands on top is about everything below it.
            (
                &["DKIM-Signature: old", "A: 1"],
                &[
                    "DKIM-Signature: two",
                    "DKIM-Signature: one",
                    "DKIM-Signature: old",
                    "A: 1",
                ],
                &["^DKIM-Signature: one", "^DKIM-Signature: two"],
            ),
            (
                &["DKIM-Signature: old"],
                &["DKIM-Signature: new"],
                &["1 DKIM-Signature: new"],
            ),
            (&["DKIM-Signature: old"], &[], &["-1 DKIM-Signature"]),
            (&["A: 1", "B: 2"], &["B: 2", "A: 1"], &[]),
        ];
        for (before, after, changes) in rows {
            assert_eq!(said(before, after), changes, "{before:?} {after:?}");
        }
    }

    fn changes(mail: &str, after: Vec<Segment>) -> Changes {
        let header = 0..mail.find("\r\n\r\n").expect("a header") as u64 + 4;
        let spool = Arc::new(Spool::of(mail.as_bytes()));
        let content = Content::of(spool, after);
        let options = Default::default();
        let variant = Variant::assertion(Lane::Ordinary, None, Vec::new(), options, content);
        Changes::of(&variant, &header).expect("it can be read")
    }

    #[test]
    fn our_own_trace_line_is_no_change_and_another_body_is() {
        let mail = "A: 1\r\n\r\nText\r\n";
        let new = |text: &str| Segment::New(text.as_bytes().into());
        let ours = || new("Received: by us\r\n");
        assert!(changes(mail, vec![ours(), Segment::Kept(0..14)]).is_empty());
        let more = changes(mail, vec![ours(), new("B: 2\r\n"), Segment::Kept(0..14)]);
        assert!(!more.is_empty() && more.body.is_none());
        // The same text is another body: who looks at every byte of a large one would look long.
        let other = changes(mail, vec![Segment::Kept(0..8), new("Text\r\n")]);
        assert!(other.body.is_some() && other.header.is_empty());
        let cut = changes(mail, vec![Segment::Kept(0..12)]);
        assert!(cut.body.is_some());
    }

    #[test]
    fn a_body_goes_in_blocks_and_an_empty_one_is_said_too() {
        for (length, blocks) in [(0, 1), (1, 1), (BLOCK, 1), (BLOCK + 1, 2)] {
            let mail = "A: 1\r\n\r\nText\r\n";
            let body = Segment::New(vec![b'x'; length].into());
            let changes = changes(mail, vec![Segment::Kept(0..8), body]);
            let mut body = changes
                .body()
                .expect("it can be read")
                .expect("another one");
            let mut out = Vec::new();
            while body.next(&mut out).expect("it can be read") {}
            assert_eq!(out.len(), length + 5 * blocks, "{length}");
        }
    }
}

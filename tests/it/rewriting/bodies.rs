//! Mails as many programs write them (`tests/bodies/`), through the line of a gateway: the block stands at the mark, nothing else
//! changes, and other readers find the same.

use super::desk::{decoded, parsed};
use super::seen::{Read, Seen, judge_readings, question, read_by_python};
use crate::support::bodies::{self, Body};
use crate::support::client::{Door, send};
use crate::support::plant::{self, Plant};
use crate::support::readers::ask;
use crate::support::settings;
use cloakroom::doors::smtp::Protocol;
use cloakroom::mail::outline::Encoding;
use cloakroom::mail::{Mail, Part};
use cloakroom::store::memory::Memory;
use std::fmt::Write;
use std::sync::Arc;

const FROM: &str = "anna@example.org";
const TO: &str = "bo@partner.example";
const RULE: &str = "---------------------------------------------------------------";

/// What leaves for each mail.
pub async fn through_the_line(mails: &[&[u8]]) -> Vec<Vec<u8>> {
    let plant = Plant {
        rules: settings::TAKE_FILES,
        ..Plant::new()
    };
    let gateway = plant.gateway(Arc::new(Memory::new())).expect("is built");
    let (address, _open) = plant::door(&gateway, Protocol::Smtp).await;
    for mail in mails {
        let replies = send(Door::Smtp, address, FROM, &[TO.to_owned()], mail).await;
        assert!(replies[0].starts_with("250 "), "{replies:?}");
    }
    plant.hop.taken().into_iter().map(|t| t.content).collect()
}

/// Behind the `Received` field that every mail gets.
pub fn behind_received(mail: &[u8]) -> &[u8] {
    let mut at = memchr::memmem::find(mail, b"\r\n").expect("a line") + 2;
    while mail[at] == b'\t' {
        at += memchr::memmem::find(&mail[at..], b"\r\n").expect("a line") + 2;
    }
    &mail[at..]
}

/// One mail before and after.
struct Pair<'a> {
    body: &'a Body,
    before: Mail,
    out: &'a [u8],
    after: Mail,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_mails_of_many_programs_the_block_stands_where_people_read_it() {
    let bodies = bodies::all();
    assert!(bodies.len() >= 60, "{} bodies", bodies.len());
    let raw: Vec<&[u8]> = bodies.iter().map(|body| &body.raw[..]).collect();
    let left = through_the_line(&raw).await;
    assert_eq!(left.len(), bodies.len());
    let all: Vec<&[u8]> = raw
        .iter()
        .copied()
        .chain(left.iter().map(Vec::as_slice))
        .collect();
    let read = read_by_python(&all);
    let readers = ask(&all.iter().map(|mail| question(mail)).collect::<Vec<_>>());
    let mut wrong = String::new();
    for (index, body) in bodies.iter().enumerate() {
        let pair = Pair {
            body,
            before: parsed(&body.raw, &[TO]),
            out: &left[index],
            after: parsed(&left[index], &[TO]),
        };
        let judged = pair
            .judge()
            .and_then(|()| pair.judge_reader(&read[index], &read[bodies.len() + index]))
            .and_then(|()| {
                let mut readers = readers.iter();
                readers.try_for_each(|reader| judge_readings(reader, index, bodies.len() + index))
            });
        if let Err(why) = judged {
            let _ = writeln!(wrong, "== {}: {}\n{why}", body.name, body.what);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

impl Pair<'_> {
    fn judge(&self) -> Result<(), String> {
        if !self.before.outline.doubts.is_empty() || !self.after.outline.doubts.is_empty() {
            return Err(format!(
                "doubts: {:?} {:?}",
                self.before.outline.doubts, self.after.outline.doubts
            ));
        }
        self.judge_header()?;
        let kept = self.kept();
        if shape(&self.after, &kept_all(&self.after)) != shape(&self.before, &kept) {
            return Err("the structure is another".into());
        }
        if let Some(line) = self
            .out
            .split(|b| *b == b'\n')
            .find(|line| line.len() > 999)
        {
            return Err(format!("a line of {} bytes", line.len()));
        }
        let mut texts = self.body.texts.iter();
        for (old, new) in kept.iter().zip(&self.after.outline.parts) {
            let old = &self.before.outline.parts[*old];
            if old.media_type.starts_with("text/") {
                let text = texts.next().ok_or("more texts than drawn")?;
                self.judge_text(text, old, new)?;
            } else if !old.media_type.starts_with("multipart/")
                && self.body_of(old, &self.body.raw) != self.body_of(new, self.out)
            {
                return Err(format!("part {} changed", old.path));
            }
        }
        Ok(())
    }

    /// Ours comes first, all other lines are as they were, but for a text that is written anew at the root.
    fn judge_header(&self) -> Result<(), String> {
        let rest = behind_received(self.out);
        let first = memchr::memmem::find(rest, b"\r\n").expect("a line");
        if !rest.starts_with(b"X-Cloakroom-Transfer: ") {
            return Err("no X-Cloakroom-Transfer".into());
        }
        let end = memchr::memmem::find(&self.body.raw, b"\r\n\r\n").expect("a header");
        match rest[first + 2..].starts_with(&self.body.raw[..end + 4]) {
            true => Ok(()),
            false => Err("the header changed".into()),
        }
    }

    /// Parts that are no files.
    fn kept(&self) -> Vec<usize> {
        let files: Vec<usize> = self
            .before
            .outline
            .files()
            .map(|(index, _)| index)
            .collect();
        let all = 0..self.before.outline.parts.len();
        all.filter(|index| !files.contains(index)).collect()
    }

    fn body_of<'b>(&self, part: &Part, mail: &'b [u8]) -> &'b [u8] {
        &mail[part.body.start as usize..part.body.end as usize]
    }

    fn judge_text(&self, text: &bodies::Text, old: &Part, new: &Part) -> Result<(), String> {
        let (was, is) = (decoded(&self.before, old), decoded(&self.after, new));
        let Some((above, below)) = &text.around else {
            return if was == is {
                Ok(())
            } else {
                Err("a block where none was wanted".into())
            };
        };
        let (above, below, is) = if old.charset == new.charset {
            self.judge_bytes(old, new)?;
            (
                characters(above, old),
                characters(below, old),
                characters(&is, new),
            )
        } else {
            (
                characters(above, old),
                characters(below, old),
                String::from_utf8(is).map_err(|e| e.to_string())?,
            )
        };
        let block = is
            .strip_prefix(above.as_str())
            .and_then(|is| is.strip_suffix(below.as_str()));
        let Some(block) = block else {
            return Err(format!("{} stands here:\n{}", old.media_type, around(&is)));
        };
        judge_block(block.trim(), text.is_html)
    }

    /// All bytes of the encoded text are still there, around one place; base64 may have one group written anew.
    fn judge_bytes(&self, old: &Part, new: &Part) -> Result<(), String> {
        let (was, is) = (
            self.body_of(old, &self.body.raw),
            self.body_of(new, self.out),
        );
        let head = was.iter().zip(is).take_while(|(a, b)| a == b).count();
        let tail = was
            .iter()
            .rev()
            .zip(is.iter().rev())
            .take_while(|(a, b)| a == b)
            .count();
        let anew = if old.encoding == Encoding::Base64 {
            8
        } else {
            0
        };
        match head + tail + anew >= was.len() {
            true => Ok(()),
            false => Err(format!(
                "bytes outside of the block changed: {head} + {tail} of {}",
                was.len()
            )),
        }
    }

    /// What Python's reader finds: the same parts, and texts that decode.
    fn judge_reader(&self, before: &Read, after: &Read) -> Result<(), String> {
        if after.defects != before.defects {
            return Err(format!("Python sees defects: {:?}", after.defects));
        }
        let parts: Vec<&Seen> = before.parts.iter().filter(|part| !part.is_file).collect();
        if parts.len() != after.parts.len() {
            return Err(format!("Python sees {:?}", after.parts));
        }
        for (old, new) in parts.iter().zip(&after.parts) {
            let (Some(was), Some(is)) = (&old.text, &new.text) else {
                if old.kind != new.kind || old.digest != new.digest {
                    return Err(format!("Python sees another {}", old.kind));
                }
                continue;
            };
            let link = is.matches("https://files.example.org/t/").count();
            if (is.len() > was.len()) != (link > 0) || is.contains('\u{fffd}') {
                return Err(format!("Python reads:\n{is}"));
            }
        }
        Ok(())
    }
}

fn judge_block(block: &str, is_html: bool) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{what}:\n{block}"));
    if is_html {
        let whole = block.starts_with("<!-- cloakroom:begin ")
            && block.ends_with(" -->")
            && block.matches("<!-- cloakroom:").count() == 2;
        return if whole && block.is_ascii() {
            Ok(())
        } else {
            wrong("no block")
        };
    }
    if !block.starts_with(RULE) || !block.ends_with(RULE) {
        return wrong("no block");
    }
    let mut lines = block.split("\r\n");
    let link = lines.find(|line| line.starts_with("https://files.example.org/t/"));
    match link {
        Some(link)
            if link.len() < 76 && block.split("\r\n").all(|line| line.chars().count() <= 76) =>
        {
            Ok(())
        }
        _ => wrong("the link has no line of its own, or a line is long"),
    }
}

/// The words above and below a block.
fn around(text: &str) -> String {
    let (begin, end) = match text.find("<!-- cloakroom:begin") {
        Some(begin) => (begin, text.rfind("cloakroom:end")),
        None => match text.find(RULE) {
            Some(begin) => (begin, text.rfind(RULE)),
            None => return text.to_owned(),
        },
    };
    let end = end.map_or(text.len(), |end| {
        text[end..].find('\n').map_or(text.len(), |n| end + n)
    });
    let tail: String = text[..begin].chars().rev().take(150).collect();
    let above: String = tail.chars().rev().collect();
    let below: String = text[end..].chars().take(150).collect();
    format!("{above}████{below}")
}

/// In the charset it is said to be in.
pub fn characters(bytes: &[u8], part: &Part) -> String {
    match part.charset.as_deref().unwrap_or("us-ascii") {
        "utf-16" => encoding_rs::UTF_16LE
            .decode_with_bom_removal(bytes)
            .0
            .into_owned(),
        "utf-7" => encodify::utf7::MAIL.decode(bytes).expect("UTF-7"),
        label => {
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("a charset");
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        }
    }
}

fn kept_all(mail: &Mail) -> Vec<usize> {
    (0..mail.outline.parts.len()).collect()
}

/// Media types and how deep they stand.
fn shape(mail: &Mail, kept: &[usize]) -> Vec<(usize, String)> {
    let depth = |mut index: usize| {
        let mut depth = 0;
        while let Some(parent) = mail.outline.parts[index].parent {
            (index, depth) = (parent, depth + 1);
        }
        depth
    };
    kept.iter()
        .map(|i| (depth(*i), mail.outline.parts[*i].media_type.clone()))
        .collect()
}

//! A mail's content: what ends it, what it is answered, and what of it counts.

use super::said::{Body, Mail};
use super::{Close, MAX_MESSAGE, Model};
use crate::properties::truth::grammar::{self, mended};

impl Model {
    /// Content up to CR LF `.` CR LF. What has a flaw in it is no mail, and nothing behind it may be believed.
    pub(super) fn content(&mut self) -> bool {
        let mut wire = self.content.take().expect("asked only inside a mail");
        wire.append(&mut self.input);
        let read = match self.repairs() {
            true => mended::after_data(&wire),
            false => {
                let end = grammar::end_of_content(&wire);
                end.map(|end| (grammar::unstuffed(&wire[..end]), end + 3))
            }
        };
        match read.filter(|(_, used)| !self.has_flaw(&wire[..used - 3])) {
            Some((content, used)) => {
                self.input = wire.split_off(used);
                let mail = self.mail.take().expect("DATA needs one");
                self.ends(mail, content);
                self.goes_on_unheard();
                true
            }
            None => {
                self.content = Some(wire);
                self.broken_content()
            }
        }
    }

    /// To whom pipelining was not offered waits for the answer to its mail, or is hung up on behind it.
    fn goes_on_unheard(&mut self) {
        if !self.closed && !self.input.is_empty() && !self.is_extended() && self.sees_the_next() {
            self.expect(&[5], Close::Must);
        }
    }

    /// A bare line end or a NUL; where line ends are mended, a NUL.
    fn has_flaw(&self, wire: &[u8]) -> bool {
        match self.repairs() {
            true => wire.contains(&0),
            false => grammar::has_bare_line_end(wire),
        }
    }

    /// A whole mail without flaws is here.
    fn ends(&mut self, mail: Mail, content: Vec<u8>) {
        self.told = false;
        self.answers(&mail, content.len() as u64);
        if content.len() as u64 <= MAX_MESSAGE && !mail.from.address.starts_with("secret@") {
            self.mails.push((mail, content));
        }
    }

    /// All octets of a chunk are here.
    pub(super) fn chunk_is_here(&mut self, piece: Vec<u8>, last: bool) {
        let Some(mut mail) = self.mail.take() else {
            return self.expect(&[5], Close::Never);
        };
        let known = match std::mem::replace(&mut mail.body, Body::Refused) {
            Body::Awaited => Some(Vec::new()),
            Body::Chunks(known) => Some(known),
            Body::Refused => None,
        };
        let fits = !mail.to.is_empty() && self.is_extended();
        let known = known.filter(|_| fits).map(|known| [known, piece].concat());
        let content = known.as_deref().and_then(|raw| self.chunked(raw, last));
        match (content, known) {
            (Some(content), _) if last => self.ends(mail, content),
            (Some(_), Some(raw)) => {
                // No LF makes two CR proper, but that need not be said before the next chunk.
                let doomed = !self.repairs() && raw.ends_with(b"\r\r");
                let wanted: &[u16] = if doomed { &[2, 5] } else { &[2] };
                if self.class(wanted, Close::Never) == 2 {
                    mail.body = Body::Chunks(raw);
                }
                self.mail = Some(mail);
            }
            _ if last => {
                self.told = false;
                let owed = if self.lmtp { mail.to.len().max(1) } else { 1 };
                (0..owed).for_each(|_| self.expect(&[5], Close::Never));
            }
            _ => {
                self.expect(&[5], Close::Never);
                self.mail = Some(mail);
            }
        }
    }

    /// The content that came in chunks, as far as it is sure; `None` if it is none.
    fn chunked(&self, raw: &[u8], last: bool) -> Option<Vec<u8>> {
        // Where nothing is mended, only the open end is for `mended` to see to: a CR may wait there for its LF, in vain if it is the last.
        let returns = raw.iter().rev().take_while(|b| **b == b'\r').count();
        let sure = &raw[..raw.len() - returns];
        let flawed = match last && !self.repairs() {
            true => self.has_flaw(sure) || returns > 0,
            false => self.has_flaw(sure),
        };
        let content = mended::in_chunks(raw, last);
        let fits = content.len() as u64 <= MAX_MESSAGE;
        (!flawed && fits).then_some(content)
    }

    /// At most one answer for everybody, a refusal, and the end.
    fn broken_content(&mut self) -> bool {
        let wire = self.content.as_deref().expect("asked only inside a mail");
        let must_end = grammar::must_end(wire);
        if self.replies.is_empty() {
            assert!(!must_end, "the end of a mail is answered");
            return false;
        }
        assert!(self.has_flaw(wire), "an answer before the end");
        let answers = match self.lmtp {
            true => self.mail.as_ref().map_or(0, |mail| mail.to.len()),
            false => 1,
        };
        assert_eq!(
            self.replies.len(),
            answers,
            "one answer for each who is owed one"
        );
        for last in (1..=answers).map(|n| n == answers) {
            self.expect(&[5], if last { Close::Must } else { Close::Never });
        }
        true
    }

    fn answers(&mut self, mail: &Mail, size: u64) {
        let refused = size > MAX_MESSAGE || mail.from.address.starts_with("secret@");
        let each: Vec<&[u16]> = mail
            .to
            .iter()
            .map(|to| match to.local() {
                _ if refused => &[5][..],
                _ if to.odd || mail.from.odd => &[2, 4, 5],
                "later" | "lost" => &[4],
                "never" => &[5],
                _ => &[2],
            })
            .collect();
        if self.lmtp {
            each.iter()
                .for_each(|classes| self.expect(classes, Close::Never));
            return;
        }
        let all = |class: u16| each.iter().all(|classes| classes.contains(&class));
        let any = |class: u16| each.iter().any(|classes| classes.contains(&class));
        let mut wanted = Vec::new();
        wanted.extend(all(2).then_some(2));
        wanted.extend(all(5).then_some(5));
        // One answer for those who have it and those who have not: not a refusal.
        wanted.extend((any(4) || (any(2) && any(5))).then_some(4));
        self.expect(&wanted, Close::Never);
    }
}

//! A mail as it comes in packets: envelope, header fields, blocks of the body, into an `Intake`.
//!
//! Promises: the spool holds what the server would send: each field as it stands in its header, every line ended by CRLF; memory of one
//! block. What is wrong with a mail is remembered and told at its end, where alone the server listens.
//! Leaves to others: what the bytes mean.

use super::talk::Trouble;
use crate::doors::smtp::content::{Taking, of_disk, on_disk};
use crate::doors::smtp::session::{address, recipient};
use crate::doors::{Line, smtp::replies};
use crate::fault::{Fault, Kind, Reply};
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::{Address, Attention, Envelope, MailId, Received, Recipient};
use crate::wire::smtp::{self, Command, MailFrom, Malformed, RcptTo};
use std::ops::Range;

/// One mail between MAIL and its end.
pub(super) struct Incoming {
    /// Names it in log and answers.
    pub(super) id: MailId,
    envelope: Envelope,
    content: Option<Taking>,
    header: u64,
    fields: usize,
    is_named: bool,
    ended: bool,
    last: Last,
    wrong: Option<Reply>,
    /// Nothing is wrong with any mail: the server has taken it, and it is only looked at.
    looks: bool,
}

/// Stands for an address that we would not take: whose it is is not known, so it is of nobody's domain.
const UNREAD: &str = "unread@unread.invalid";

/// No mail has more header fields, or bytes of them: they are compared with those that leave.
const MOST_FIELDS: usize = 10_000;
const MOST_HEADER: u64 = 1024 * 1024;

/// How the bytes so far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Lf,
    Cr,
    Other,
}

/// A mail that is complete.
pub(super) struct Whole {
    /// For the line.
    pub(super) received: Received,
    /// Where the header with its empty line is.
    pub(super) header: Range<u64>,
    /// It has a name of its own, by which it is known when it comes again.
    pub(super) is_named: bool,
}

impl Incoming {
    /// MAIL was said: address and parameters as the server gives them. It has taken them already, so those that we do not know are left out.
    /// `looks`: see [`super::Mode::Look`].
    pub(super) fn new(words: &[&str], client: Client, looks: bool) -> Self {
        let (path, parameters) = words.split_first().unwrap_or((&"", &[]));
        let path = in_brackets(path);
        let mut wrong = None;
        let said = mail_from(&path, parameters).unwrap_or_else(|why| {
            wrong = Some(replies::malformed(why).0);
            MailFrom::default()
        });
        let sender = match said.path.as_str() {
            "" => None,
            // Local programs say no parameters, and the server has taken the address.
            path => address(path, true, 7)
                .map_err(|reply| wrong = Some(reply))
                .ok(),
        };
        let sender = match wrong.take_if(|_| looks) {
            Some(_) => Some(unread()),
            None => sender,
        };
        let options = MailOptions {
            eight_bit: said.eight_bit,
            utf8: said.utf8 || !said.path.is_ascii(),
            ret: said.ret,
            envid: said.envid,
            size: said.size,
            require_tls: said.require_tls,
        };
        let envelope = Envelope {
            sender,
            recipients: Vec::new(),
            options,
            client,
        };
        Incoming {
            id: MailId::fresh(),
            envelope,
            content: None,
            header: 0,
            fields: 0,
            is_named: false,
            ended: false,
            last: Last::Lf,
            wrong,
            looks,
        }
    }

    /// RCPT was said. At most `most` of them.
    pub(super) fn recipient(&mut self, words: &[&str], most: usize) -> Result<(), Trouble> {
        let (written, parameters) = words.split_first().ok_or(Trouble::Order)?;
        if self.content.is_some() {
            return Err(Trouble::Order);
        }
        if self.envelope.recipients.len() >= most && !self.looks {
            let text = "Too many recipients; send the rest separately";
            self.refuse(Reply::new(452, (4, 5, 3), text));
            return Ok(());
        }
        let said = rcpt_to(&in_brackets(written), parameters);
        let said = said.map_err(|why| replies::malformed(why).0);
        match said.and_then(|rcpt| recipient(rcpt, true)) {
            Err(_) if self.looks => self.add(Recipient::new(whose(written))),
            Err(reply) => self.refuse(reply),
            Ok(recipient) => self.add(recipient),
        }
        Ok(())
    }

    /// Nobody twice.
    fn add(&mut self, recipient: Recipient) {
        let known = &mut self.envelope.recipients;
        if !known.iter().any(|r| r.address == recipient.address) {
            known.push(recipient);
        }
    }

    /// One header field. `spaced`: the value holds the white space behind the colon. Fails if no mail has such a field: what would stand
    /// in the spool is not what the server sends.
    pub(super) fn field(
        &mut self,
        line: &dyn Line,
        name: &[u8],
        value: &[u8],
        spaced: bool,
    ) -> Result<(), Trouble> {
        let field = match self.looks {
            true => Some(folded(name, value, spaced)),
            false => written(name, value, spaced),
        };
        let field = field.filter(|_| !self.ended).ok_or(Trouble::Order)?;
        self.header += field.len() as u64;
        self.fields += 1;
        self.is_named |= name.eq_ignore_ascii_case(b"message-id");
        if (self.fields > MOST_FIELDS || self.header > MOST_HEADER) && !self.looks {
            self.refuse(Reply::from(&Kind::TooBig));
        } else {
            self.take(line, &field);
        }
        Ok(())
    }

    /// The header is complete.
    pub(super) fn end_of_header(&mut self, line: &dyn Line) -> Result<(), Trouble> {
        if self.ended {
            return Err(Trouble::Order);
        }
        self.end_header(line);
        Ok(())
    }

    fn end_header(&mut self, line: &dyn Line) {
        self.ended = true;
        self.header += 2;
        self.take(line, b"\r\n");
    }

    /// The next bytes of the body.
    pub(super) fn body(&mut self, line: &dyn Line, bytes: &[u8]) {
        if !self.ended {
            self.end_header(line);
        }
        match has_bare_lf(self.last, bytes) {
            true => self.mended(line, bytes),
            false => self.take(line, bytes),
        }
        self.last = match bytes.last() {
            None => self.last,
            Some(b'\n') => Last::Lf,
            Some(b'\r') => Last::Cr,
            Some(_) => Last::Other,
        };
    }

    /// A server ends lines by CRLF; a bare LF is what a program on it wrote, and leaves it as CRLF.
    fn mended(&mut self, line: &dyn Line, bytes: &[u8]) {
        let mut from = 0;
        for at in memchr::memchr_iter(b'\n', bytes) {
            let has_cr = match at {
                0 => self.last == Last::Cr,
                at => bytes[at - 1] == b'\r',
            };
            if !has_cr {
                self.take(line, &bytes[from..at]);
                self.take(line, b"\r");
                from = at;
            }
        }
        self.take(line, &bytes[from..]);
    }

    /// All of it is here. `Err(Ok)`: what its client hears; `Err(Err)`: a fault.
    pub(super) fn whole(
        mut self,
        line: &dyn Line,
        attention: Attention,
    ) -> Result<Whole, Result<Reply, Fault>> {
        self.body(line, b"");
        match self.last {
            Last::Lf => {}
            Last::Cr => self.take(line, b"\n"),
            Last::Other => self.take(line, b"\r\n"),
        }
        if let Some(reply) = self.wrong {
            return Err(Ok(reply));
        }
        if self.envelope.recipients.is_empty() {
            return Err(Ok(replies::order("No recipient was accepted")));
        }
        let content = self.content.ok_or_else(|| Fault::new(Kind::Internal));
        let intake = content.and_then(|taking| taking.end(None)).map_err(Err)?;
        let (id, envelope) = (self.id, self.envelope);
        let finished = on_disk(intake.len(), || intake.finish(id, envelope));
        let mut received = finished.map_err(of_disk).map_err(Err)?;
        received.attention = Some(attention);
        Ok(Whole {
            received,
            header: 0..self.header,
            is_named: self.is_named,
        })
    }

    fn take(&mut self, line: &dyn Line, bytes: &[u8]) {
        if self.content.is_none() {
            // Everybody is named when the first byte comes.
            let intake = line.intake(&self.envelope);
            let declared = self.envelope.options.size.unwrap_or(0);
            let mut taking = Taking::new(intake, line.max_message());
            if let Err(fault) = line.room_for(declared) {
                taking.spoil(fault);
            }
            self.content = Some(taking);
        }
        if let Some(taking) = &mut self.content {
            on_disk(taking.taken(), || taking.take(bytes));
        }
    }

    fn refuse(&mut self, reply: Reply) {
        self.wrong.get_or_insert(reply);
    }
}

/// Whether there is an LF without its CR, which nearly no block has. It does not stop at the first, so that many bytes are compared at once.
fn has_bare_lf(last: Last, bytes: &[u8]) -> bool {
    let first = bytes.first() == Some(&b'\n') && last != Last::Cr;
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    pairs.fold(first, |found, (before, byte)| {
        found | ((*byte == b'\n') & (*before != b'\r'))
    })
}

/// A field as it stands in the header. `None` if it would be two, or end the header.
fn written(name: &[u8], value: &[u8], spaced: bool) -> Option<Vec<u8>> {
    let is_fit = name.iter().all(|b| !matches!(b, b'\r' | b'\n' | b':'));
    let mut field = Vec::with_capacity(name.len() + value.len() + 4);
    field.extend_from_slice(name);
    field.push(b':');
    if !spaced && !value.is_empty() {
        field.push(b' ');
    }
    for (number, line) in value.split(|b| *b == b'\n').map(without_cr).enumerate() {
        let is_folded = matches!(line.first(), Some(b' ' | b'\t'));
        if memchr::memchr(b'\r', line).is_some() || (number > 0 && !is_folded) {
            return None;
        }
        if number > 0 {
            field.extend_from_slice(b"\r\n");
        }
        field.extend_from_slice(line);
    }
    field.extend_from_slice(b"\r\n");
    is_fit.then_some(field)
}

/// The same of whatever a server has taken: a line that would be a field of its own, or end the header, is a fold.
fn folded(name: &[u8], value: &[u8], spaced: bool) -> Vec<u8> {
    let mut fit = Vec::with_capacity(value.len());
    for (number, line) in value.split(|b| *b == b'\n').map(without_cr).enumerate() {
        if number > 0 {
            fit.push(b'\n');
        }
        if number > 0 && !matches!(line.first(), Some(b' ' | b'\t')) {
            fit.push(b' ');
        }
        fit.extend_from_slice(line);
    }
    let mut field = name.to_vec();
    field.retain(|b| !matches!(b, b'\r' | b'\n'));
    field.extend_from_slice(if spaced || fit.is_empty() {
        b":"
    } else {
        b": "
    });
    field.extend(fit.iter().flat_map(|b| match b {
        b'\n' => &b"\r\n"[..],
        b => std::slice::from_ref(b),
    }));
    field.extend_from_slice(b"\r\n");
    field
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn unread() -> Address {
    UNREAD.parse().expect("this constant is an address")
}

/// Of a path that we would not take. One without a domain is the server's own, as `postmaster` is.
fn whose(written: &str) -> Address {
    match written.contains('@') {
        true => unread(),
        false => ("postmaster".parse()).expect("the one address without a domain"),
    }
}

/// Sendmail writes what its client wrote, Postfix always brackets.
fn in_brackets(path: &str) -> String {
    match path.starts_with('<') {
        true => path.to_owned(),
        false => format!("<{path}>"),
    }
}

fn mail_from(path: &str, parameters: &[&str]) -> Result<MailFrom, Malformed> {
    match said("MAIL FROM:", path, parameters)? {
        Command::Mail(mail) => Ok(mail),
        _ => Err(Malformed::NotText),
    }
}

fn rcpt_to(path: &str, parameters: &[&str]) -> Result<RcptTo, Malformed> {
    match said("RCPT TO:", path, parameters)? {
        Command::Rcpt(rcpt) => Ok(rcpt),
        _ => Err(Malformed::NotText),
    }
}

/// The command with all parameters that can be read.
fn said(verb: &str, path: &str, parameters: &[&str]) -> Result<Command, Malformed> {
    let mut line = format!("{verb}{path}");
    let mut command = smtp::command(line.as_bytes())?;
    for parameter in parameters.iter().filter(|p| !p.is_empty()) {
        let longer = format!("{line} {parameter}");
        if let Ok(more) = smtp::command(longer.as_bytes()) {
            (line, command) = (longer, more);
        }
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_lf_is_seen_wherever_a_block_begins_and_ends() {
        let last = |byte: Option<&u8>| match byte {
            Some(b'\n') | None => Last::Lf,
            Some(b'\r') => Last::Cr,
            Some(_) => Last::Other,
        };
        for number in 0..3_usize.pow(5) {
            let bytes = (0..5).map(|at| b"a\r\n"[number / 3_usize.pow(at) % 3]);
            let bytes: Vec<u8> = bytes.collect();
            for cut in 0..=bytes.len() {
                let (before, block) = bytes.split_at(cut);
                let is_bare = |at: usize| at == 0 || bytes[at - 1] != b'\r';
                let bare = (cut..5).any(|at| bytes[at] == b'\n' && is_bare(at));
                assert_eq!(has_bare_lf(last(before.last()), block), bare, "{bytes:?}");
            }
        }
    }
}

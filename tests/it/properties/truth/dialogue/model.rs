//! What RFC 5321 (2033, 1870, 2920, 3030, 3207, 3461, 6531) wants of a server, written down a second time and as small as it goes: which class of
//! reply a command has, what it changes, and which mails there are in the end.
//!
//! Where the standards leave room (an address in odd form, an extension that is not tried here) the model believes the reply and only
//! keeps to what it says from then on.

use super::super::grammar::{self, Path};
use super::program::Program;
use cloakroom::doors::smtp::Protocol;
use cloakroom::mail::Variant;

/// Of a mail, in bytes.
pub const MAX_MESSAGE: u64 = 3000;
/// Longest line with parameters, as `wire::smtp` says; others end at 512 with their CR LF (section 4.5.3.1.4).
const MAX_LINE: usize = 4096;
const MAX_PLAIN_LINE: usize = 510;
/// What the server looks at at once: behind it, it cannot know whether the client has said more.
const BLOCK: usize = 4096;

pub fn recipients(program: &Program) -> usize {
    if program.few { 3 } else { 1000 }
}

pub struct Model {
    lmtp: bool,
    offers_tls: bool,
    tls: bool,
    xforward: bool,
    recipients: usize,
    /// The server reads so that what stands behind a command may not be seen.
    blind: bool,
    greeted: bool,
    /// Extended or not; `None` before the client's name.
    hello: Option<bool>,
    mail: Option<Mail>,
    content: Option<Vec<u8>>,
    /// CHUNKING is offered.
    chunking: bool,
    /// Octets that follow, and if they are the last ones.
    chunk: Option<(u64, bool)>,
    input: Vec<u8>,
    /// Codes of replies nobody has claimed yet.
    replies: std::collections::VecDeque<u16>,
    closed: bool,
    server_closed: bool,
    mails: Vec<(Mail, Vec<u8>)>,
}

/// What was said of a mail.
#[derive(Debug, Clone, Default)]
struct Mail {
    from: Said,
    /// One for each positive reply, doubles included.
    to: Vec<Said>,
    body: Body,
}

/// What came of a mail by BDAT (RFC 3030).
#[derive(Debug, Clone, Default, PartialEq)]
enum Body {
    /// Nothing yet.
    #[default]
    Awaited,
    Chunks(Vec<u8>),
    /// A chunk was refused: nothing helps any more but RSET, or the last chunk.
    Refused,
}

/// An address and its parameters; the standard leaves open what becomes of one that is `odd`.
#[derive(Debug, Clone, Default, PartialEq)]
struct Said {
    address: String,
    parameters: Vec<(String, String)>,
    odd: bool,
}

/// If the server may hang up behind a reply.
#[derive(Clone, Copy, PartialEq)]
enum Close {
    Never,
    May,
    Must,
}

impl Model {
    pub fn new(protocol: Protocol, program: &Program) -> Self {
        Model {
            lmtp: protocol == Protocol::Lmtp,
            offers_tls: program.tls,
            tls: false,
            xforward: program.xforward,
            recipients: recipients(program),
            blind: program.dribble,
            greeted: false,
            hello: None,
            mail: None,
            content: None,
            chunking: program.chunking,
            chunk: None,
            input: Vec::new(),
            replies: Default::default(),
            closed: false,
            server_closed: false,
            mails: Vec::new(),
        }
    }

    /// The client said this, then the server that. `closed`: it closed behind it.
    pub fn heard(&mut self, said: &[u8], answered: &[u8], closed: bool) {
        self.server_closed = closed;
        self.replies.extend(grammar::replies(answered));
        if !self.greeted {
            self.greeted = true;
            self.expect(&[2], Close::Never);
        }
        if !self.closed {
            self.blind |= said.len() >= BLOCK;
            self.input.extend_from_slice(said);
            while !self.closed && self.next() {}
        }
        assert!(
            self.replies.is_empty(),
            "answers to nothing: {:?} behind {:?}",
            self.replies,
            said.escape_ascii().to_string()
        );
    }

    /// One command or one mail's content; false if more is needed.
    fn next(&mut self) -> bool {
        if self.content.is_some() {
            return self.content();
        }
        if let Some((octets, last)) = self.chunk {
            let here = usize::try_from(octets).is_ok_and(|octets| octets <= self.input.len());
            if here {
                self.chunk = None;
                let piece = self.input.drain(..octets as usize).collect();
                self.chunk_is_here(piece, last);
            }
            return here;
        }
        let Some(end) = memchr::memchr(b'\n', &self.input) else {
            if self.input.len() > MAX_LINE + 1 {
                self.expect(&[5], Close::Must);
            }
            return false;
        };
        let line: Vec<u8> = self.input.drain(..=end).take(end).collect();
        match line.strip_suffix(b"\r") {
            Some(line) => self.command(line),
            None => self.expect(&[5], Close::Must),
        }
        true
    }

    /// The class of the next reply, which must be one of these.
    fn expect(&mut self, classes: &[u16], close: Close) {
        self.class(classes, close);
    }

    /// The same, for who needs it.
    fn class(&mut self, classes: &[u16], close: Close) -> u16 {
        let code = self.replies.pop_front().expect("a command is answered");
        let class = code / 100;
        let hung_up = self.server_closed && self.replies.is_empty();
        assert!(
            classes.contains(&class),
            "{code} where {classes:?} was wanted"
        );
        match close {
            Close::Never => assert!(!hung_up, "it hangs up behind {code}"),
            Close::May => assert!(!hung_up || class != 2, "it hangs up behind {code}"),
            Close::Must => assert!(hung_up, "it goes on behind {code}"),
        }
        self.closed = hung_up && close != Close::Never;
        class
    }

    fn command(&mut self, line: &[u8]) {
        let is_bdat = |verb: &[u8]| verb.eq_ignore_ascii_case(b"BDAT");
        if line.get(..4).is_some_and(is_bdat) {
            return match grammar::chunk(&line[4..]).filter(|_| self.chunking) {
                Some(chunk) => self.chunk = Some(chunk),
                // What follows may be content.
                None => self.expect(&[5], Close::Must),
            };
        }
        let text = match std::str::from_utf8(line) {
            Ok(text) if !text.chars().any(char::is_control) => text.trim_end_matches(' '),
            _ => return self.expect(&[5], Close::May),
        };
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) || line.len() > MAX_LINE {
            return self.expect(&[5], Close::May);
        }
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        let verb = verb.to_ascii_uppercase();
        let has_path = matches!(verb.as_str(), "MAIL" | "RCPT");
        if !has_path && text.len() > MAX_PLAIN_LINE {
            return self.expect(&[5], Close::May);
        }
        if self.speaks_too_early(&verb, rest) {
            return;
        }
        match (verb.as_str(), rest) {
            ("QUIT", "") => self.expect(&[2], Close::Must),
            ("RSET", "") => {
                self.expect(&[2], Close::Never);
                self.mail = None;
            }
            ("NOOP" | "HELP", _) => self.expect(&[2], Close::Never),
            ("VRFY", _) => self.expect(if rest.is_empty() { &[2, 5] } else { &[2] }, Close::May),
            ("EHLO" | "HELO" | "LHLO", _) => self.hello(&verb, rest),
            ("MAIL", _) => self.mail_from(rest),
            ("RCPT", _) => self.rcpt_to(rest),
            ("DATA", "") => self.data(),
            ("STARTTLS", "") => self.start_tls(),
            ("XFORWARD", _) => {
                let fits = self.xforward && self.mail.is_none();
                self.expect(if fits { &[2, 5] } else { &[5] }, Close::May);
            }
            _ => self.expect(&[5], Close::May),
        }
    }

    /// Behind these commands the client must wait (RFC 2920 section 3.1), and behind every one if pipelining was not offered to it.
    fn speaks_too_early(&mut self, verb: &str, rest: &str) -> bool {
        let waits = matches!(verb, "EHLO" | "HELO" | "LHLO" | "DATA" | "STARTTLS");
        if self.input.is_empty() || !(waits || self.hello != Some(true)) {
            return false;
        }
        let simple = match verb {
            "DATA" | "STARTTLS" | "QUIT" | "RSET" => rest.is_empty(),
            "EHLO" | "HELO" | "LHLO" => grammar::is_host(rest),
            "NOOP" => true,
            _ => false,
        };
        if self.blind && verb != "DATA" && verb != "STARTTLS" {
            let refused = self.replies.front().is_some_and(|code| *code == 554);
            if !(refused && self.server_closed && self.replies.len() == 1) {
                return false;
            }
        }
        self.expect(&[5], if simple { Close::Must } else { Close::May });
        true
    }

    fn hello(&mut self, verb: &str, name: &str) {
        let right = (verb == "LHLO") == self.lmtp;
        let class = match (right, grammar::is_host(name)) {
            (true, true) => self.class(&[2], Close::Never),
            (true, false) if !name.is_empty() => self.class(&[2, 5], Close::May),
            _ => self.class(&[5], Close::May),
        };
        if class == 2 {
            self.hello = Some(verb != "HELO");
            self.mail = None;
        }
    }

    fn mail_from(&mut self, rest: &str) {
        let Some(extended) = self.hello.filter(|_| self.mail.is_none()) else {
            return self.expect(&[5], Close::May);
        };
        let (from, plain) = Said::read(rest, "FROM:", grammar::MAIL);
        let size = from.of("SIZE").and_then(|size| size.parse().ok());
        let wanted: &[u16] = match &plain {
            Path::Broken => &[5],
            Path::Plain if !extended && !from.parameters.is_empty() => &[5],
            Path::Plain if size > Some(MAX_MESSAGE) => &[5],
            Path::Plain if from.address.starts_with("down@") => &[4],
            Path::Plain => &[2],
            Path::Odd => &[2, 4, 5],
        };
        if self.class(wanted, Close::May) == 2 {
            self.mail = Some(Mail {
                from,
                ..Mail::default()
            });
        }
    }

    fn rcpt_to(&mut self, rest: &str) {
        let Some(mail) = self.mail.as_ref().filter(|m| m.body == Body::Awaited) else {
            return self.expect(&[5], Close::May);
        };
        let (to, plain) = Said::read(rest, "TO:", grammar::RCPT);
        let extended = self.hello == Some(true);
        let known = mail
            .to
            .iter()
            .any(|known| known.address == to.address && !known.odd);
        let wanted: &[u16] = match &plain {
            Path::Broken => &[5],
            Path::Plain if !extended && !to.parameters.is_empty() => &[5],
            Path::Plain if mail.to.len() >= self.recipients => &[4],
            Path::Plain if to.address.is_empty() => &[5],
            Path::Plain if known => &[2],
            Path::Plain => match to.local() {
                "refused" => &[5],
                "busy" | "bye" => &[4],
                _ => &[2],
            },
            Path::Odd => &[2, 4, 5],
        };
        if self.class(wanted, Close::May) == 2
            && let Some(mail) = &mut self.mail
        {
            mail.to.push(to);
        }
    }

    fn data(&mut self) {
        match &self.mail {
            Some(mail) if !mail.to.is_empty() && mail.body == Body::Awaited => {
                self.expect(&[3], Close::Never);
                self.content = Some(Vec::new());
            }
            _ => self.expect(&[5], Close::Never),
        }
    }

    fn start_tls(&mut self) {
        let fits = self.offers_tls && !self.tls && self.hello.is_some() && self.mail.is_none();
        if self.class(if fits { &[2] } else { &[5] }, Close::Never) == 2 {
            (self.tls, self.hello) = (true, None);
        }
    }

    /// Content up to CR LF `.` CR LF. What has a bare line end or a NUL in it is no mail, and nothing behind it may be believed.
    fn content(&mut self) -> bool {
        let mut wire = self.content.take().expect("asked only inside a mail");
        wire.append(&mut self.input);
        let Some(end) = grammar::end_of_content(&wire) else {
            self.content = Some(wire);
            return self.broken_content();
        };
        if grammar::has_bare_line_end(&wire[..end]) {
            self.content = Some(wire);
            return self.broken_content();
        }
        self.input = wire.split_off(end + 3);
        wire.truncate(end);
        let content = grammar::unstuffed(&wire);
        let mail = self.mail.take().expect("DATA needs one");
        self.ends(mail, content);
        true
    }

    /// A whole mail without flaws is here.
    fn ends(&mut self, mail: Mail, content: Vec<u8>) {
        self.answers(&mail, content.len() as u64);
        if content.len() as u64 <= MAX_MESSAGE && !mail.from.address.starts_with("secret@") {
            self.mails.push((mail, content));
        }
    }

    /// All octets of a chunk are here.
    fn chunk_is_here(&mut self, piece: Vec<u8>, last: bool) {
        let Some(mut mail) = self.mail.take() else {
            return self.expect(&[5], Close::Never);
        };
        let known = match std::mem::replace(&mut mail.body, Body::Refused) {
            Body::Awaited => Some(Vec::new()),
            Body::Chunks(known) => Some(known),
            Body::Refused => None,
        };
        let fits = !mail.to.is_empty() && self.hello == Some(true);
        let mut content = known.filter(|_| fits).map(|known| [known, piece].concat());
        if let (Some(content), true) = (&mut content, last)
            && !content.ends_with(b"\r\n")
            && !content.is_empty()
        {
            // A line that is open at the end is ended; a CR that waits for its LF waits in vain.
            let bare = content.ends_with(b"\r");
            content.extend_from_slice(if bare { b"\0" } else { b"\r\n" });
        }
        let has_flaw = |content: &[u8]| {
            grammar::has_bare_line_end(content) || content.len() as u64 > MAX_MESSAGE
        };
        match content {
            Some(content) if !has_flaw(&content) && last => self.ends(mail, content),
            Some(content) if !has_flaw(&content) => {
                self.expect(&[2], Close::Never);
                mail.body = Body::Chunks(content);
                self.mail = Some(mail);
            }
            _ if last => {
                let owed = if self.lmtp { mail.to.len().max(1) } else { 1 };
                (0..owed).for_each(|_| self.expect(&[5], Close::Never));
            }
            _ => {
                self.expect(&[5], Close::Never);
                self.mail = Some(mail);
            }
        }
    }

    /// At most one answer for everybody, a refusal, and the end.
    fn broken_content(&mut self) -> bool {
        let wire = self.content.as_deref().expect("asked only inside a mail");
        let must_end = grammar::must_end(wire);
        if self.replies.is_empty() {
            assert!(!must_end, "the end of a mail is answered");
            return false;
        }
        assert!(grammar::has_bare_line_end(wire), "an answer before the end");
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

    /// What arrived is what was sent, in the same order, and nothing else.
    pub fn compare(&self, arrived: &[(Variant, String)]) {
        let mut arrived = arrived.iter();
        let mut odd_left = self.mails.len() - arrived.len().min(self.mails.len());
        assert!(arrived.len() <= self.mails.len(), "a mail that nobody sent");
        for (mail, content) in &self.mails {
            let Some((variant, _)) = arrived.clone().next() else {
                assert!(mail.is_odd(), "a mail did not arrive: {mail:?}");
                continue;
            };
            let bytes = variant.content().to_vec().expect("memory can be read");
            if mail.is_odd() && odd_left > 0 && bytes != *content {
                odd_left -= 1;
                continue;
            }
            assert_eq!(bytes, *content, "other bytes than were sent");
            mail.compare(variant);
            arrived.next();
        }
        assert!(arrived.next().is_none(), "a mail that nobody sent");
    }
}

impl Mail {
    fn is_odd(&self) -> bool {
        self.from.odd || self.to.iter().any(|to| to.odd)
    }

    fn compare(&self, variant: &Variant) {
        let sender = variant.sender().map_or(String::new(), |s| s.to_string());
        assert!(
            self.from.odd || sender == self.from.address,
            "{sender}: {self:?}"
        );
        let options = variant.options();
        let seen = [
            options.eight_bit.then(|| ("BODY", "8BITMIME".to_owned())),
            options.utf8.then(|| ("SMTPUTF8", String::new())),
            options.ret.clone().map(|ret| ("RET", ret)),
            options.envid.clone().map(|envid| ("ENVID", envid)),
        ];
        if !self.from.odd {
            for (name, value) in seen.into_iter().flatten() {
                assert_eq!(self.from.of(name), Some(value.as_str()), "{name}");
            }
        }
        let mut wanted: Vec<&Said> = Vec::new();
        for to in &self.to {
            if !wanted
                .iter()
                .any(|known| known.address == to.address && !to.odd)
            {
                wanted.push(to);
            }
        }
        let got = variant.recipients();
        if wanted.iter().any(|to| to.odd) {
            assert!(got.len() <= wanted.len(), "a recipient nobody named");
            return;
        }
        let got: Vec<String> = got.iter().map(|r| r.address.to_string()).collect();
        let wanted: Vec<&String> = wanted.iter().map(|to| &to.address).collect();
        assert!(got.iter().eq(wanted), "{got:?}: {self:?}");
    }
}

impl Said {
    fn read(rest: &str, word: &str, parameters: &[grammar::Parameter]) -> (Said, Path) {
        let (path, address, parameters) = grammar::path(rest, word, parameters);
        let said = Said {
            address,
            parameters,
            odd: path == Path::Odd,
        };
        (said, path)
    }

    fn of(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn local(&self) -> &str {
        self.address.split('@').next().unwrap_or_default()
    }
}

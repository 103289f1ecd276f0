//! What RFC 5321 (2033, 1870, 2920, 3030, 3207, 3461, 4954, 6531, 8689) wants of a server, written down a second time and as small as it
//! goes: which class of reply a command has, what it changes, and which mails there are in the end. In front of it, the PROXY header.
//!
//! Where the standards leave room (an address in odd form, an extension that is not tried here) the model believes the reply and only
//! keeps to what it says from then on.

mod content;
mod header;
mod login;
mod said;

pub use login::MOST as MOST_LOGINS;

use super::program::Settings;
use crate::properties::truth::grammar::{self, Path};
use cloakroom::doors::smtp::Protocol;
use said::{Body, Mail, Said};
use std::collections::VecDeque;
use std::net::IpAddr;

/// Of a mail, in bytes.
pub const MAX_MESSAGE: u64 = 3000;
/// Longest line with parameters, as `wire::smtp` says; others end at 512 with their CR LF (section 4.5.3.1.4).
const MAX_LINE: usize = 4096;
const MAX_PLAIN_LINE: usize = 510;
/// What the server looks at at once: behind it, it cannot know whether the client has said more.
const BLOCK: usize = 4096;

pub fn recipients(settings: &Settings) -> usize {
    if settings.few { 3 } else { 1000 }
}

pub struct Model {
    lmtp: bool,
    settings: Settings,
    /// The server reads so that what stands behind a command may not be seen.
    blind: bool,
    /// A PROXY header must come, or the rest of it.
    announces: bool,
    client: IpAddr,
    greeted: bool,
    tls: bool,
    hello: Option<Hello>,
    /// The client was asked for these words of a login.
    login: Option<login::Exchange>,
    user: Option<String>,
    /// Logins so far that were.
    refused: u32,
    /// XFORWARD has said who the client is.
    told: bool,
    mail: Option<Mail>,
    content: Option<Vec<u8>>,
    /// Octets that follow, and if they are the last ones.
    chunk: Option<(u64, bool)>,
    input: Vec<u8>,
    /// Codes of replies nobody has claimed yet.
    replies: VecDeque<u16>,
    closed: bool,
    server_closed: bool,
    mails: Vec<(Mail, Vec<u8>)>,
}

struct Hello {
    name: String,
    extended: bool,
}

/// If the server may hang up behind a reply.
#[derive(Clone, Copy, PartialEq)]
enum Close {
    Never,
    May,
    Must,
}

impl Model {
    /// `client`: where the connection comes from.
    pub fn new(protocol: Protocol, settings: Settings, client: IpAddr) -> Self {
        Model {
            lmtp: protocol == Protocol::Lmtp,
            settings,
            blind: settings.dribble,
            announces: settings.proxied,
            client,
            greeted: false,
            tls: settings.implicit_tls,
            hello: None,
            login: None,
            user: None,
            refused: 0,
            told: false,
            mail: None,
            content: None,
            chunk: None,
            input: Vec::new(),
            replies: VecDeque::new(),
            closed: false,
            server_closed: false,
            mails: Vec::new(),
        }
    }

    /// The client said this, then the server that. `closed`: it closed behind it.
    pub fn heard(&mut self, said: &[u8], answered: &[u8], closed: bool) {
        self.server_closed = closed;
        self.replies.extend(grammar::replies(answered));
        if !self.closed {
            self.blind |= said.len() >= BLOCK;
            self.input.extend_from_slice(said);
            if self.announces {
                self.header(said.is_empty());
            } else if !self.greeted {
                self.greeting();
            }
            while self.greeted && !self.closed && self.next() {}
        }
        assert!(
            self.replies.is_empty(),
            "answers to nothing: {:?} behind {:?}",
            self.replies,
            said.escape_ascii().to_string()
        );
    }

    fn greeting(&mut self) {
        self.greeted = true;
        self.expect(&[2], Close::Never);
    }

    /// One command, one line of a login, or one mail's content; false if more is needed.
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
        let most = self.longest_line() + 1;
        let end = memchr::memchr(b'\n', &self.input);
        if end.unwrap_or(self.input.len()) > most {
            self.expect(&[5], Close::Must);
            return false;
        }
        let Some(end) = end else {
            return false;
        };
        let line: Vec<u8> = self.input.drain(..=end).take(end).collect();
        match line.strip_suffix(b"\r") {
            Some(line) => self.line(line),
            None if self.repairs() => self.line(&line),
            None => self.expect(&[5], Close::Must),
        }
        true
    }

    fn line(&mut self, line: &[u8]) {
        match self.login.take() {
            Some(login) => self.response(login, line),
            None => self.command(line),
        }
    }

    fn longest_line(&self) -> usize {
        match self.may_sign_in() {
            true => grammar::login::MAX_LINE,
            false => MAX_LINE,
        }
    }

    fn repairs(&self) -> bool {
        self.settings.repair && self.is_known()
    }

    fn is_extended(&self) -> bool {
        self.hello.as_ref().is_some_and(|hello| hello.extended)
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
            return match grammar::chunk(&line[4..]).filter(|_| self.settings.chunking) {
                Some(chunk) => self.chunk = Some(chunk),
                // What follows may be content.
                None => self.expect(&[5], Close::Must),
            };
        }
        let text = match std::str::from_utf8(line) {
            Ok(text) if !text.chars().any(char::is_control) => text.trim_end_matches(' '),
            _ => return self.expect(&[5], Close::May),
        };
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        let verb = verb.to_ascii_uppercase();
        let most = match verb.as_str() {
            "MAIL" | "RCPT" => MAX_LINE,
            "AUTH" => grammar::login::MAX_LINE,
            _ => MAX_PLAIN_LINE,
        };
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) || text.len() > most {
            return self.expect(&[5], Close::May);
        }
        if self.speaks_too_early(&verb, rest) {
            return;
        }
        match (verb.as_str(), rest) {
            ("QUIT", "") => self.expect(&[2], Close::Must),
            ("RSET", "") => {
                self.expect(&[2], Close::Never);
                (self.mail, self.told) = (None, false);
            }
            ("NOOP" | "HELP", _) => self.expect(&[2], Close::Never),
            ("VRFY", _) => self.expect(if rest.is_empty() { &[2, 5] } else { &[2] }, Close::May),
            ("EHLO" | "HELO" | "LHLO", _) => self.hello(&verb, rest),
            ("AUTH", _) => self.auth(rest),
            ("MAIL", _) => self.mail_from(rest),
            ("RCPT", _) => self.rcpt_to(rest),
            ("DATA", "") => self.data(),
            ("STARTTLS", "") => self.start_tls(),
            ("XFORWARD", _) => self.xforward(),
            _ => self.expect(&[5], Close::May),
        }
    }

    /// Behind these commands the client must wait (RFC 2920 section 3.1), and behind every one if pipelining was not offered to it.
    fn speaks_too_early(&mut self, verb: &str, rest: &str) -> bool {
        let waits = matches!(
            verb,
            "AUTH" | "EHLO" | "HELO" | "LHLO" | "DATA" | "STARTTLS"
        );
        let may_follow = !waits && self.is_extended();
        if self.input.is_empty() || may_follow {
            return false;
        }
        let simple = match verb {
            "DATA" | "STARTTLS" | "QUIT" | "RSET" => rest.is_empty(),
            "EHLO" | "HELO" | "LHLO" => grammar::is_host(rest),
            "AUTH" => grammar::login::auth(rest).is_some(),
            "NOOP" => true,
            _ => false,
        };
        if verb != "DATA" && verb != "STARTTLS" && !self.sees_the_next() {
            return false;
        }
        self.expect(&[5], if simple { Close::Must } else { Close::May });
        true
    }

    /// True if the server has seen what stands behind a line, or must have.
    fn sees_the_next(&self) -> bool {
        let refused = self.replies.front().is_some_and(|code| *code == 554);
        !self.blind || (refused && self.server_closed && self.replies.len() == 1)
    }

    fn hello(&mut self, verb: &str, name: &str) {
        let right = (verb == "LHLO") == self.lmtp;
        let class = match (right, grammar::is_host(name)) {
            (true, true) => self.class(&[2], Close::Never),
            (true, false) if !name.is_empty() => self.class(&[2, 5], Close::May),
            _ => self.class(&[5], Close::May),
        };
        if class == 2 {
            self.hello = Some(Hello {
                name: name.to_owned(),
                extended: verb != "HELO",
            });
            (self.mail, self.told) = (None, false);
        }
    }

    fn mail_from(&mut self, rest: &str) {
        if self.hello.is_none() || self.mail.is_some() || self.must_sign_in() {
            return self.expect(&[5], Close::May);
        }
        let (from, plain) = Said::read(rest, "FROM:", grammar::MAIL);
        let size = from.of("SIZE").and_then(|size| size.parse().ok());
        let wanted: &[u16] = match &plain {
            Path::Broken => &[5],
            Path::Plain if !self.is_extended() && !from.parameters.is_empty() => &[5],
            Path::Plain if from.of("AUTH").is_some() && !self.may_sign_in() => &[5],
            Path::Plain if from.of("REQUIRETLS").is_some() && !self.tls => &[5],
            Path::Plain if size > Some(MAX_MESSAGE) => &[5],
            Path::Plain if from.address.starts_with("down@") => &[4],
            Path::Plain => &[2],
            Path::Odd => &[2, 4, 5],
        };
        if self.class(wanted, Close::May) == 2 {
            self.mail = Some(Mail {
                client: self.introduced(from.of("SMTPUTF8").is_some()),
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
        let known = mail
            .to
            .iter()
            .any(|known| known.address == to.address && !known.odd);
        let wanted: &[u16] = match &plain {
            Path::Broken => &[5],
            Path::Plain if !self.is_extended() && !to.parameters.is_empty() => &[5],
            Path::Plain if mail.to.len() >= recipients(&self.settings) => &[4],
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
        let offered = self.settings.tls && !self.tls;
        let fits = offered && self.hello.is_some() && self.mail.is_none();
        if self.class(if fits { &[2] } else { &[5] }, Close::Never) == 2 {
            (self.tls, self.hello, self.told) = (true, None, false);
        }
    }

    fn xforward(&mut self) {
        let listed = self.settings.xforward && self.client.is_loopback();
        let wanted: &[u16] = match listed && self.mail.is_none() {
            true => &[2, 5],
            false => &[5],
        };
        self.told |= self.class(wanted, Close::May) == 2;
    }
}

//! SMTP and LMTP commands (RFC 5321, 2033, 1870, 3030, 3461, 6531, 8689): one line in, one [`Command`] out.
//!
//! `smtp-proto` reads verbs, their arguments, and the parameters of MAIL and RCPT. It is more generous than a gateway between two parties
//! may be, so the line is checked before, and two things are read here: paths, because it takes quotes, `<postmaster>` and source routes
//! away that must be seen, and ORCPT, because it forgets the address type. It never sees either, so there is nothing to disagree about.
//! Promises: a command holds no control characters; what is relayed later is as written and was checked.
//! Leaves to others: the order of commands and the replies (`doors::smtp`), what an address may be (`mail::address`).

use super::{sasl, xforward, xtext};
use smtp_proto::{
    MAIL_BODY_8BITMIME, MAIL_BODY_BINARYMIME, MAIL_REQUIRETLS, MAIL_RET_FULL, MAIL_RET_HDRS,
    MAIL_SMTPUTF8, RCPT_NOTIFY_NEVER, Request,
};
use std::borrow::Cow;

/// Longest line with parameters, in bytes without its end; a reader need not hold more.
pub const MAX_LINE: usize = 4096;
/// Longest line of other commands (RFC 5321 section 4.5.3.1.4), without its end.
const MAX_PLAIN_LINE: usize = 510;

/// What the client wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Who signs in, and how.
    Auth(Auth),
    /// A piece of the content follows at once, of exactly so many octets (RFC 3030).
    Bdat(Chunk),
    /// The content follows.
    Data,
    /// Who the client is, extensions wanted.
    Ehlo(String),
    /// Who the client is, no extensions.
    Helo(String),
    /// What is there.
    Help,
    /// Who the client is, in LMTP.
    Lhlo(String),
    /// A new mail.
    Mail(MailFrom),
    /// Nothing.
    Noop,
    /// Goodbye.
    Quit,
    /// One recipient.
    Rcpt(RcptTo),
    /// Forget the mail.
    Rset,
    /// TLS from here on.
    StartTls,
    /// Is there such a mailbox?
    Vrfy,
    /// Which client the mail really came from.
    Xforward(Vec<xforward::Attribute>),
}

/// BDAT with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// How many octets follow the command's line end.
    pub octets: u64,
    /// The content ends with them.
    pub last: bool,
}

/// AUTH (RFC 4954).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    /// `None` for one that we do not know.
    pub mechanism: Option<sasl::Mechanism>,
    /// What the client says without being asked.
    pub initial: Option<sasl::Secret>,
}

/// MAIL with its parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailFrom {
    /// Between the angle brackets, as written; empty for the null sender.
    pub path: String,
    /// Any parameter was given, which HELO does not allow.
    pub extended: bool,
    /// `BODY=8BITMIME`.
    pub eight_bit: bool,
    /// `SMTPUTF8`.
    pub utf8: bool,
    /// `FULL` or `HDRS`.
    pub ret: Option<String>,
    /// xtext as written.
    pub envid: Option<String>,
    /// Bytes, as declared.
    pub size: Option<u64>,
    /// `AUTH=` was given: who first sent it, as somebody says (RFC 4954 section 5). Nobody here believes it.
    pub auth: bool,
    /// `REQUIRETLS`.
    pub require_tls: bool,
}

/// RCPT with its parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RcptTo {
    /// Between the angle brackets, as written.
    pub path: String,
    /// Any parameter was given, which HELO does not allow.
    pub extended: bool,
    /// `NEVER`, or a list of `SUCCESS`, `FAILURE`, `DELAY`.
    pub notify: Option<String>,
    /// Type, semicolon, xtext, as written. May hold UTF-8 (RFC 6533) for SMTPUTF8 mails.
    pub orcpt: Option<String>,
}

/// Why a line is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// A CR that is no line end.
    BareLineEnd,
    /// A BDAT that does not say how many octets follow: they cannot be stepped over, so nothing behind it can be believed.
    Chunk,
    /// A line longer than any may be, whose end was not seen.
    EndlessLine,
    /// Control characters, or bytes that are no UTF-8.
    NotText,
    /// A verb that exists, but not here.
    NotOffered,
    /// HTTP or TLS: somebody makes a browser talk to us (ALPACA).
    OtherProtocol,
    /// This parameter has a bad value, is there twice, or is not for this verb.
    Parameter(&'static str),
    /// How it should have been written.
    Syntax(&'static str),
    /// Longer than its verb may be.
    TooLong,
    /// No such verb.
    Unknown,
    /// A parameter nobody offered.
    UnknownParameter,
}

const MAIL: &str = "MAIL FROM:<address> [parameters]";
const RCPT: &str = "RCPT TO:<address> [parameters]";
const FOREIGN: [&str; 11] = [
    "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "PATCH", "DELETE", "TRACE", "PRI", "HOST:",
];

/// Reads one line, given without its CR LF.
pub fn command(line: &[u8]) -> Result<Command, Malformed> {
    if let Some(parameters) = of_bdat(line) {
        return chunk(parameters).map(Command::Bdat).ok_or(Malformed::Chunk);
    }
    let text = checked_text(line)?;
    let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
    let verb = verb.to_ascii_uppercase();
    let most = match verb.as_str() {
        "MAIL" | "RCPT" => MAX_LINE,
        "AUTH" => sasl::MAX_LINE,
        _ => MAX_PLAIN_LINE,
    };
    if text.len() > most {
        return Err(Malformed::TooLong);
    }
    match verb.as_str() {
        "AUTH" => auth(rest).map(Command::Auth),
        "MAIL" => mail_from(rest).map(Command::Mail),
        "RCPT" => rcpt_to(rest).map(Command::Rcpt),
        "XFORWARD" => xforward::attributes(rest)
            .map(Command::Xforward)
            .ok_or(Malformed::Syntax("XFORWARD name=value ...")),
        v if FOREIGN.contains(&v) => Err(Malformed::OtherProtocol),
        _ => plain(text, rest),
    }
}

/// What stands behind BDAT, whatever it is: a line that begins so is followed by content.
fn of_bdat(line: &[u8]) -> Option<&[u8]> {
    let (verb, rest) = line.split_at_checked(4)?;
    verb.eq_ignore_ascii_case(b"BDAT").then_some(rest)
}

/// ` octets [LAST]`, with single spaces and nothing else. Twenty digits are the longest number of 64 bits; a longer or larger one would
/// wrap around (T07).
fn chunk(parameters: &[u8]) -> Option<Chunk> {
    let text = std::str::from_utf8(parameters).ok()?.strip_prefix(' ')?;
    let (digits, last) = match text.split_once(' ') {
        Some((digits, word)) if word.eq_ignore_ascii_case("LAST") => (digits, true),
        Some(_) => return None,
        None => (text, false),
    };
    // `parse` alone would take `+5`.
    let plain = digits.len() <= 20 && digits.bytes().all(|b| b.is_ascii_digit());
    let octets = digits.parse().ok().filter(|_| plain)?;
    Some(Chunk { octets, last })
}

/// No control characters, UTF-8, no space in front; spaces at the end are taken off (RFC 5321 section 4.1.1).
fn checked_text(line: &[u8]) -> Result<&str, Malformed> {
    match line.first() {
        // The first byte of a TLS handshake.
        Some(0x16) => return Err(Malformed::OtherProtocol),
        Some(b) if b.is_ascii_alphabetic() => {}
        _ => return Err(Malformed::Unknown),
    }
    if line.contains(&b'\r') || line.contains(&b'\n') {
        return Err(Malformed::BareLineEnd);
    }
    let text = std::str::from_utf8(line).map_err(|_| Malformed::NotText)?;
    if text.chars().any(char::is_control) {
        return Err(Malformed::NotText);
    }
    Ok(text.trim_end_matches(' '))
}

/// A name and at most one word of base64, which is looked at later.
fn auth(rest: &str) -> Result<Auth, Malformed> {
    let (name, initial) = match rest.split_once(' ') {
        Some((name, initial)) => (name, Some(initial)),
        None => (rest, None),
    };
    let fit = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic());
    if !fit(name) || !initial.is_none_or(fit) {
        return Err(Malformed::Syntax("AUTH mechanism [initial response]"));
    }
    Ok(Auth {
        mechanism: sasl::Mechanism::named(name),
        initial: initial.map(sasl::Secret::initial),
    })
}

/// Everything but AUTH, MAIL, RCPT and XFORWARD.
fn plain(text: &str, rest: &str) -> Result<Command, Malformed> {
    let line = format!("{text}\r\n");
    let alone = |command, syntax| match rest {
        "" => Ok(command),
        _ => Err(Malformed::Syntax(syntax)),
    };
    match Request::parse(&mut line.as_bytes().iter()) {
        Ok(Request::Data) => alone(Command::Data, "DATA"),
        Ok(Request::Ehlo { host }) => named(&host, rest, "EHLO name").map(Command::Ehlo),
        Ok(Request::Helo { host }) => named(&host, rest, "HELO name").map(Command::Helo),
        Ok(Request::Lhlo { host }) => named(&host, rest, "LHLO name").map(Command::Lhlo),
        Ok(Request::Help { .. }) => Ok(Command::Help),
        Ok(Request::Noop { .. }) => Ok(Command::Noop),
        Ok(Request::Quit) => alone(Command::Quit, "QUIT"),
        Ok(Request::Rset) => alone(Command::Rset, "RSET"),
        Ok(Request::StartTls) => alone(Command::StartTls, "STARTTLS"),
        Ok(Request::Vrfy { .. }) => Ok(Command::Vrfy),
        Ok(_) => Err(Malformed::NotOffered),
        Err(smtp_proto::Error::SyntaxError { syntax }) => Err(Malformed::Syntax(syntax)),
        Err(_) => Err(Malformed::Unknown),
    }
}

/// A name in EHLO is one word of harmless characters: it is written into `Received` lines.
fn named(host: &str, rest: &str, syntax: &'static str) -> Result<String, Malformed> {
    let harmless = |b: u8| b.is_ascii_graphic() && !b"()<>\"\\,;@".contains(&b);
    match host {
        _ if host != rest || !host.bytes().all(harmless) => Err(Malformed::Syntax(syntax)),
        _ => Ok(host.to_owned()),
    }
}

fn mail_from(rest: &str) -> Result<MailFrom, Malformed> {
    let (path, given) = path_and_parameters(rest, "FROM:").ok_or(Malformed::Syntax(MAIL))?;
    let known = [
        "AUTH",
        "BODY",
        "ENVID",
        "REQUIRETLS",
        "RET",
        "SIZE",
        "SMTPUTF8",
    ];
    let parameters = Parameters::of(given, &known)?;
    let size = parameters.value("SIZE");
    // It counts 20 digits and more wrongly, and reads `SIZE= 5`; 15 are a petabyte.
    if size.is_some_and(|s| s.len() > 15 || !s.bytes().all(|b| b.is_ascii_digit())) {
        return Err(Malformed::Parameter("SIZE"));
    }
    let envid = parameters.value("ENVID");
    if envid.is_some_and(|e| !xtext::is_clean(e, 100)) {
        return Err(Malformed::Parameter("ENVID"));
    }
    let auth = parameters.value("AUTH");
    let mailbox = |a: &str| a == "<>" || (a.contains('@') && xtext::is_clean(a, 500));
    if !auth.is_none_or(mailbox) {
        return Err(Malformed::Parameter("AUTH"));
    }
    let line = format!("MAIL FROM:<>{}\r\n", parameters.without("AUTH"));
    match Request::parse(&mut line.as_bytes().iter()).map_err(of_proto)? {
        Request::Mail { from } if from.flags & MAIL_BODY_BINARYMIME != 0 => {
            Err(Malformed::Parameter("BODY"))
        }
        Request::Mail { from } => Ok(MailFrom {
            path: path.to_owned(),
            extended: !given.is_empty(),
            eight_bit: from.flags & MAIL_BODY_8BITMIME != 0,
            utf8: from.flags & MAIL_SMTPUTF8 != 0,
            ret: ret(from.flags),
            envid: envid.map(str::to_owned),
            size: size.map(|_| from.size as u64),
            auth: auth.is_some(),
            require_tls: from.flags & MAIL_REQUIRETLS != 0,
        }),
        _ => Err(Malformed::Syntax(MAIL)),
    }
}

fn ret(flags: u64) -> Option<String> {
    match (flags & MAIL_RET_FULL != 0, flags & MAIL_RET_HDRS != 0) {
        (true, _) => Some("FULL".to_owned()),
        (false, true) => Some("HDRS".to_owned()),
        (false, false) => None,
    }
}

fn rcpt_to(rest: &str) -> Result<RcptTo, Malformed> {
    let (path, given) = path_and_parameters(rest, "TO:").ok_or(Malformed::Syntax(RCPT))?;
    let parameters = Parameters::of(given, &["NOTIFY", "ORCPT"])?;
    let orcpt = parameters.value("ORCPT");
    if orcpt.is_some_and(|o| !is_original_recipient(o)) {
        return Err(Malformed::Parameter("ORCPT"));
    }
    let notify = parameters.value("NOTIFY");
    let given_on = notify.map_or(Cow::Borrowed(""), |n| Cow::Owned(format!(" NOTIFY={n}")));
    let line = format!("RCPT TO:<>{given_on}\r\n");
    match Request::parse(&mut line.as_bytes().iter()).map_err(of_proto)? {
        // NEVER stands alone (RFC 3461 section 4.1).
        Request::Rcpt { to }
            if to.flags & RCPT_NOTIFY_NEVER != 0 && to.flags != RCPT_NOTIFY_NEVER =>
        {
            Err(Malformed::Parameter("NOTIFY"))
        }
        Request::Rcpt { .. } => Ok(RcptTo {
            path: path.to_owned(),
            extended: !given.is_empty(),
            notify: notify.map(str::to_ascii_uppercase),
            orcpt: orcpt.map(str::to_owned),
        }),
        _ => Err(Malformed::Syntax(RCPT)),
    }
}

fn of_proto(error: smtp_proto::Error) -> Malformed {
    match error {
        smtp_proto::Error::InvalidParameter { param } => Malformed::Parameter(param),
        smtp_proto::Error::SyntaxError { syntax } => Malformed::Syntax(syntax),
        _ => Malformed::UnknownParameter,
    }
}

/// `FROM:<path> A=1 B` → `path` and ` A=1 B`. No space behind the colon; a `>` between quotes is part of the path.
fn path_and_parameters<'a>(rest: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let (start, behind) = rest.split_at_checked(word.len())?;
    let inner = behind
        .strip_prefix('<')
        .filter(|_| start.eq_ignore_ascii_case(word))?;
    let end = end_of_path(inner)?;
    let given = &inner[end + 1..];
    (given.is_empty() || given.starts_with(' ')).then_some((&inner[..end], given))
}

fn end_of_path(inner: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (i, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(i),
            ' ' | '<' if !quoted => return None,
            _ => {}
        }
    }
    None
}

/// ORCPT: an address type and xtext; `utf-8` may hold characters outside ASCII (RFC 6533 section 3).
fn is_original_recipient(text: &str) -> bool {
    let Some((kind, address)) = text.split_once(';') else {
        return false;
    };
    let ascii: String = match kind.eq_ignore_ascii_case("utf-8") {
        true => address.chars().filter(char::is_ascii).collect(),
        false => address.to_owned(),
    };
    !kind.is_empty()
        && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && address.len() <= 500
        && (xtext::is_clean(&ascii, 500) || (ascii.is_empty() && !address.is_empty()))
}

/// Parameters: keyword, value, and both as written.
struct Parameters<'a>(Vec<(&'static str, &'a str, &'a str)>);

impl<'a> Parameters<'a> {
    /// Each one known, given once, and not with an empty value.
    fn of(given: &'a str, known: &[&'static str]) -> Result<Self, Malformed> {
        let mut list: Vec<(&'static str, &str, &str)> = Vec::new();
        for word in given.split(' ').filter(|w| !w.is_empty()) {
            let (keyword, value) = word.split_once('=').unwrap_or((word, "-"));
            let keyword = known
                .iter()
                .find(|k| k.eq_ignore_ascii_case(keyword))
                .ok_or(Malformed::UnknownParameter)?;
            if value.is_empty() || list.iter().any(|(k, _, _)| k == keyword) {
                return Err(Malformed::Parameter(keyword));
            }
            list.push((keyword, value, word));
        }
        Ok(Parameters(list))
    }

    /// As they were written, but one.
    fn without(&self, keyword: &str) -> String {
        let others = self.0.iter().filter(|(k, _, _)| *k != keyword);
        others.map(|(_, _, word)| format!(" {word}")).collect()
    }

    fn value(&self, keyword: &str) -> Option<&'a str> {
        let mut all = self.0.iter();
        all.find(|(k, _, _)| *k == keyword).map(|(_, v, _)| *v)
    }
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
mod tests;

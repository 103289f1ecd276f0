//! What the rewriting tests stand on: mails built from a drawing of their parts, a plan, a held transfer, and the result read again.

use cloakroom::mail::dkim::Signers;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Envelope, Mail, MailId, Part, Recipient, Segment, Spool, Variant, decode};
use cloakroom::parse;
use cloakroom::rewrite;
use cloakroom::texts::{House, Texts};
use cloakroom::transfer::proof::{HeldLink, HeldTransfer, PasswordLine, ShownFile};
use cloakroom::transfer::{
    Action, Decision, Held, LinkSecret, Options, Plan, Scope, TransferId, Unlock,
};
use jiff::tz::TimeZone;
use std::io::Read;
use std::time::Duration;

pub const TOKEN: &str = "0123456789abcdefghjkmnpqrstvwxyz";
pub const URL: &str = "https://files.example.org/t/0123456789abcdefghjkmnpqrstvwxyz";

/// A part of a mail, drawn. `¦` in a text is where the block must come to stand; it is not in the mail.
pub enum Draw {
    /// Subtype with parameters (`plain; charset=utf-8`), transfer encoding, text.
    Text(&'static str, Cte, String),
    /// The same, but its bytes are given (for charsets); the mark counts in them.
    Bytes(&'static str, Cte, Vec<u8>),
    File(&'static str),
    Picture(&'static str),
    Message(&'static str),
    Multi(&'static str, Vec<Draw>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cte {
    Seven,
    Eight,
    Quoted,
    Base64,
}

pub fn text(kind: &'static str, cte: Cte, text: &str) -> Draw {
    Draw::Text(kind, cte, text.into())
}

impl Draw {
    /// The fields and the body.
    fn render(&self, boundaries: &mut usize) -> (String, Vec<u8>) {
        match self {
            Draw::Text(kind, cte, text) => {
                (text_fields(kind, *cte), encoded(*cte, text.replace('¦', "").as_bytes()))
            }
            Draw::Bytes(kind, cte, bytes) => {
                (text_fields(kind, *cte), encoded(*cte, &without_mark(bytes)))
            }
            Draw::File(name) => (
                format!(
                    "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n"
                ),
                b"RklMRSBDT05URU5UUw==".to_vec(),
            ),
            Draw::Picture(id) => (
                format!(
                    "Content-Type: image/png\r\nContent-ID: <{id}>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n"
                ),
                b"iVBORw0KGgo=".to_vec(),
            ),
            Draw::Message(text) => (
                "Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"m.eml\"\r\n".into(),
                format!("From: x@example.org\r\nSubject: inner\r\n\r\n{text}").into_bytes(),
            ),
            Draw::Multi(subtype, children) => {
                *boundaries += 1;
                let boundary = format!("=_b{boundaries}");
                let mut body = Vec::new();
                for child in children {
                    let (fields, content) = child.render(boundaries);
                    body.extend(format!("--{boundary}\r\n{fields}\r\n").bytes());
                    body.extend(content);
                    body.extend(b"\r\n");
                }
                body.extend(format!("--{boundary}--\r\n").bytes());
                (
                    format!("Content-Type: multipart/{subtype};\r\n boundary=\"{boundary}\"\r\n"),
                    body,
                )
            }
        }
    }

    /// The texts in document order, in two pieces if they have a mark.
    pub fn texts(&self) -> Vec<Option<(Vec<u8>, Vec<u8>)>> {
        let split = |bytes: &[u8]| {
            let mark = "¦".as_bytes();
            bytes
                .windows(2)
                .position(|w| w == mark)
                .map(|at| (bytes[..at].to_vec(), bytes[at + 2..].to_vec()))
        };
        match self {
            Draw::Text(_, _, text) => vec![split(text.as_bytes())],
            Draw::Bytes(_, _, bytes) => vec![split(bytes)],
            Draw::Multi(_, children) => children.iter().flat_map(Draw::texts).collect(),
            _ => Vec::new(),
        }
    }
}

fn text_fields(kind: &str, cte: Cte) -> String {
    let cte = match cte {
        Cte::Seven => "",
        Cte::Eight => "Content-Transfer-Encoding: 8bit\r\n",
        Cte::Quoted => "Content-Transfer-Encoding: quoted-printable\r\n",
        Cte::Base64 => "Content-Transfer-Encoding: base64\r\n",
    };
    format!("Content-Type: text/{kind}\r\n{cte}")
}

fn encoded(cte: Cte, bytes: &[u8]) -> Vec<u8> {
    match cte {
        Cte::Seven | Cte::Eight => bytes.to_vec(),
        Cte::Quoted => encodify::qp::BODY.encode(bytes).into_bytes(),
        Cte::Base64 => encodify::base64::MIME
            .encode(bytes)
            .trim_end()
            .as_bytes()
            .to_vec(),
    }
}

fn without_mark(bytes: &[u8]) -> Vec<u8> {
    let mark = "¦".as_bytes();
    match bytes.windows(2).position(|w| w == mark) {
        Some(at) => [&bytes[..at], &bytes[at + 2..]].concat(),
        None => bytes.to_vec(),
    }
}

pub const HEADER: &str = "From: Anna Lind <anna@legal.example.org>\r\nTo: bo@partner.example\r\nSubject: Contract draft\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n";

pub fn bytes_of(draw: &Draw) -> Vec<u8> {
    let (fields, body) = draw.render(&mut 0);
    let mut mail = format!("{HEADER}{fields}\r\n").into_bytes();
    mail.extend(body);
    if !mail.ends_with(b"\r\n") {
        mail.extend(b"\r\n");
    }
    mail
}

/// As the line gets it, for as many recipients as are named.
pub fn parsed(bytes: &[u8], to: &[&str]) -> Mail {
    let mut intake = cloakroom::mail::Intake::new(&std::env::temp_dir());
    intake.write(bytes).expect("memory takes it");
    let envelope = Envelope {
        sender: Some("anna@legal.example.org".parse().expect("an address")),
        recipients: to
            .iter()
            .map(|t| Recipient::new(t.parse().expect("an address")))
            .collect(),
        options: MailOptions::default(),
        client: Client {
            address: Some([192, 0, 2, 1].into()),
            name: None,
            helo: "client.example.org\r\nX".into(),
            ..Client::local()
        },
    };
    let received = intake
        .finish(MailId::fresh(), envelope)
        .expect("memory gives it");
    parse::mail(received).expect("memory can be read")
}

pub fn house() -> House {
    House {
        organisation: "Example Region".into(),
        portal_url: "https://files.example.org".into(),
        help_url: Some("https://www.example.org/files".into()),
        hostname: "gate.example.org".into(),
        domains: vec!["example.org".into()],
        languages: vec!["en".into()],
        time_zone: TimeZone::get("Europe/Stockholm").expect("compiled in"),
        notice_from: "Example Region Files <files@example.org>".into(),
        look: cloakroom::texts::Look::default(),
    }
}

pub fn decision(to: &str, scope: Scope) -> Decision {
    Decision {
        recipient: to.parse().expect("an address"),
        awaits: None,
        lane: Default::default(),
        action: if scope == Scope::Nothing {
            Action::Pass
        } else {
            Action::Transfer
        },
        scope,
        options: Options::of(Unlock::Password, Vec::new(), Duration::from_secs(86_400)),
        contact: Default::default(),
        reasons: Vec::new(),
    }
}

pub fn plan(decisions: Vec<Decision>) -> Plan {
    Plan {
        decisions,
        subject: None,
        strip_controls: false,
    }
}

pub fn transfer_id() -> TransferId {
    "7K3M9XQF".parse().expect("an id")
}

pub fn files() -> Vec<ShownFile> {
    let file = |name: &str, size| ShownFile {
        name: name.into(),
        size,
    };
    vec![
        file("contract-v3.pdf", 4_100_000),
        file("contract-v3-changes.docx", 1_200_000),
    ]
}

/// One link for each list of decisions; the first has [`TOKEN`].
pub fn held(links: &[&[usize]], files: Vec<ShownFile>) -> Held {
    let link = |(i, decisions): (usize, &&[usize])| HeldLink {
        renewable: false,
        recipients: decisions.to_vec(),
        secret: match i {
            0 => LinkSecret::from_token(TOKEN).expect("a token"),
            _ => LinkSecret::fresh(),
        },
        expires: 1_764_975_540,
        password: PasswordLine::TextMessage("47".into()),
        files: files.clone(),
    };
    Held::assertion(HeldTransfer {
        id: transfer_id(),
        links: links.iter().enumerate().map(link).collect(),
        sheet: None,
    })
}

pub fn variants(mail: &Mail, plan: &Plan, held: &Held) -> Vec<Variant> {
    let house = house();
    let texts = Texts::new(&house.languages);
    rewrite::variants(mail, plan, held, &house, &texts, &Signers::default())
        .expect("it can be rewritten")
}

/// All files taken out for one recipient, in a language.
pub fn protected(mail: &Mail, language: &str, files: Vec<ShownFile>) -> Variant {
    let taken = mail.outline.files().map(|(index, _)| index).collect();
    let mut decision = decision("bo@partner.example", Scope::Parts(taken));
    decision.options.language = Some(language.into());
    variants(mail, &plan(vec![decision]), &held(&[&[0]], files)).remove(0)
}

pub fn bytes(variant: &Variant) -> Vec<u8> {
    variant.content().to_vec().expect("memory can be read")
}

pub fn decoded(mail: &Mail, part: &Part) -> Vec<u8> {
    let mut out = Vec::new();
    decode::decoded(&mail.spool, part)
        .read_to_end(&mut out)
        .expect("memory can be read");
    out
}

/// `mixed[alternative[plain,html],octet-stream]`
pub fn structure(mail: &Mail) -> String {
    fn of(mail: &Mail, index: usize) -> String {
        let part = &mail.outline.parts[index];
        let name = part.media_type.rsplit('/').next().unwrap_or_default();
        let children: Vec<String> = match part.media_type.starts_with("multipart/") {
            true => mail
                .outline
                .children(index)
                .map(|(child, _)| of(mail, child))
                .collect(),
            false => Vec::new(),
        };
        match children.is_empty() {
            true => name.into(),
            false => format!("{name}[{}]", children.join(",")),
        }
    }
    of(mail, 0)
}

/// The texts and HTML of a mail that are its own.
pub fn shown_texts(mail: &Mail) -> Vec<&Part> {
    mail.outline
        .parts
        .iter()
        .filter(|p| p.inside.is_none() && p.media_type.starts_with("text/"))
        .collect()
}

/// The kept segments, joined: what of the mail was not touched.
pub fn kept(variant: &Variant, spool: &Spool) -> Vec<u8> {
    let mut out = Vec::new();
    for segment in variant.content().segments() {
        if let Segment::Kept(range) = segment {
            out.extend(spool.slice(range.clone()).expect("memory can be read"));
        }
    }
    out
}

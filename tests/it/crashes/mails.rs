//! Mails of all kinds: one, several and mixed recipients, with a file or without, small and of several blocks.

use super::dice::Dice;
use crate::support::client::Door;
use crate::support::noise;
use sha2::{Digest, Sha256};

/// What rules make of a recipient's mail, by domain.
pub const POLICY: &str = r#"
schema = 1
[[rule]]
id = "links"
why = "Files for partners travel behind a link."
when = { has_attachments = true, to = ["@partner.example"] }
then = { action = "transfer", unlock = "link", keep_for = "10 days", recovery = "gateway" }
[[rule]]
id = "banks"
why = "A bank gets a text message."
when = { has_attachments = true, to = ["@bank.example"] }
then = { action = "transfer", unlock = "password", password_via = ["phone"], keep_for = "10 days" }
[[rule]]
id = "lawyers"
why = "The sender tells a lawyer."
when = { has_attachments = true, to = ["@law.example"] }
then = { action = "seal", unlock = "password", password_via = ["sender"], keep_for = "10 days" }
[[rule]]
id = "looked-at"
why = "Somebody looks at it first."
when = { has_attachments = true, to = ["@watched.example"] }
then = { action = "hold", release_by = ["dpo@example.org"] }
[[rule]]
id = "looked-at-links"
why = "And then it travels behind a link."
when = { has_attachments = true, to = ["@watched.example"] }
then = { action = "transfer", unlock = "link", keep_for = "10 days" }
[[rule]]
id = "shortly"
why = "It ends at once."
when = { has_attachments = true, to = ["@brief.example"] }
then = { action = "transfer", unlock = "link", keep_for = "1 second" }
"#;

pub const PARTNER: &str = "partner.example";
pub const BANK: &str = "bank.example";
pub const LAW: &str = "law.example";
pub const COLLEAGUE: &str = "example.org";
/// Somebody must release it first.
pub const WATCHED: &str = "watched.example";
/// It ends after a second.
pub const BRIEF: &str = "brief.example";

/// Stands in every file that is protected, and nowhere else.
pub const CANARY: &str = "OystercatcherSalariesOfTheBoard";

/// A mail as its client has it.
#[derive(Debug, Clone)]
pub struct Letter {
    pub from: String,
    pub to: Vec<String>,
    pub bytes: Vec<u8>,
    /// Of the file, if there is one.
    pub sha256: Option<String>,
    /// Where a text message about it goes.
    pub number: String,
    pub message_id: String,
    pub door: Door,
    /// Its links open as long as a test runs.
    pub lasts: bool,
}

impl Letter {
    /// The letter of this number: the same for the same seed.
    pub fn new(seed: u64, number: u64) -> Letter {
        let mut dice = Dice::new(seed, "letter", number);
        let to = recipients(number, &mut dice);
        let with_file = !dice.percent(15);
        let file = with_file.then(|| file(number, &mut dice));
        let door = *dice.pick(&[Door::Smtp, Door::Lmtp]);
        Letter::with(number, to, file.as_deref(), door)
    }

    pub fn with(number: u64, to: Vec<String>, file: Option<&[u8]>, door: Door) -> Letter {
        let from = format!("anna-{number}@example.org");
        let phone = format!("+4670{number:07}");
        let message_id = format!("<{number}.letter@example.org>");
        // A tag is taken out of the subject and counts for everybody, so it stands only where a bank is alone and gets a file.
        let has_bank = file.is_some() && to.iter().any(|to| to.ends_with(BANK));
        let tag = match has_bank {
            true => format!(" [sms:{phone}]"),
            false => String::new(),
        };
        let head = format!(
            "From: {from}\r\nTo: {}\r\nSubject: Letter {number}{tag}\r\nMessage-ID: {message_id}\r\n\
             Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\n",
            to.join(", ")
        );
        let to_brief = to.iter().any(|to| to.ends_with(BRIEF));
        let text = "Hello.\r\n.\r\n..two dots\r\n";
        let body = match file {
            Some(file) => multipart(text, file),
            None => format!("Content-Type: text/plain\r\n\r\n{text}"),
        };
        Letter {
            from,
            to,
            bytes: [head, body].concat().into_bytes(),
            sha256: file.map(sha256),
            number: phone,
            message_id,
            door,
            lasts: !to_brief,
        }
    }

    /// What this recipient gets is protected.
    pub fn protects(&self, recipient: &str) -> bool {
        self.sha256.is_some() && !recipient.ends_with(&format!("@{COLLEAGUE}"))
    }

    /// This recipient needs a password.
    pub fn needs_password(&self, recipient: &str) -> bool {
        self.protects(recipient) && [BANK, LAW].iter().any(|d| recipient.ends_with(d))
    }
}

fn recipients(number: u64, dice: &mut Dice) -> Vec<String> {
    let domains: &[&str] = match dice.below(10) {
        0 | 1 => &[PARTNER],
        2 | 3 => &[BANK],
        4 => &[LAW],
        5 => &[PARTNER, PARTNER, PARTNER],
        6 => &[LAW, PARTNER],
        7 => &[COLLEAGUE, PARTNER],
        8 => &[PARTNER, LAW, PARTNER],
        _ => &[COLLEAGUE],
    };
    let name = |(n, domain): (usize, &&str)| format!("bo-{number}-{n}@{domain}");
    domains.iter().enumerate().map(name).collect()
}

fn file(number: u64, dice: &mut Dice) -> Vec<u8> {
    let length = match dice.below(10) {
        0 => 200_000 + dice.below(200_000),
        _ => 1 + dice.below(12_000),
    };
    let mut file = format!("{CANARY} {number} ").into_bytes();
    file.extend(noise(dice.next(), length as usize));
    file
}

fn multipart(text: &str, file: &[u8]) -> String {
    let file = encodify::base64::MIME.encode(file);
    format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{text}--b\r\n\
         Content-Type: application/zip; name=file.zip\r\nContent-Disposition: attachment; filename=file.zip\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        file.trim_end()
    )
}

/// 64 hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

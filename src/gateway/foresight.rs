//! Foresight: whether the files of a mail will go into a transfer, as far as envelope and declared size tell.
//!
//! Asked while the mail arrives, so that its files are sealed at once instead of written, read and sealed. Promises: nothing depends on it but
//! time: what really happens is decided when all of the mail is here. It asks the rules about a mail like this one with one file and not a
//! word in it; a rule that looks into mails sees none, so what only such a rule would take counts as not taken.

use crate::decide::{self, Policy};
use crate::mail::content::{Job, Reader, Sink};
use crate::mail::outline::Role;
use crate::mail::spool::IN_MEMORY;
use crate::mail::{Envelope, Intake, Mail, MailId};
use crate::parse;
use crate::transfer::Scope;
use std::io;
use std::path::Path;

/// True if a mail with this envelope that brings files will most likely lose them to a transfer.
pub(super) fn takes_files(policy: &Policy, envelope: &Envelope) -> bool {
    let size = envelope.options.size.unwrap_or(0).max(IN_MEMORY as u64);
    let Some(mail) = stand_in(envelope, size) else {
        return false;
    };
    let Ok(plan) = decide::plan_as(policy, &mail, size, &Nothing) else {
        return false;
    };
    plan.awaits().is_none()
        && plan.decisions.iter().any(|decision| match &decision.scope {
            Scope::Parts(parts) => !parts.is_empty(),
            Scope::Message => true,
            Scope::Nothing | Scope::Whole(_) => false,
        })
}

/// A mail of this size, nearly all of which is a file.
fn stand_in(envelope: &Envelope, size: u64) -> Option<Mail> {
    let from = envelope.sender.as_ref()?;
    let text = format!(
        "From: {from}\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\n\r\n\r\n\
         --b\r\n\
         Content-Type: application/octet-stream\r\n\
         Content-Disposition: attachment; filename=file.bin\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n\
         AAAA\r\n\
         --b--\r\n"
    );
    // So few bytes stay in memory, wherever a file would be.
    let mut intake = Intake::new(Path::new(""));
    intake.write(text.as_bytes()).ok()?;
    let received = intake.finish(MailId::fresh(), envelope.clone()).ok()?;
    let mut mail = parse::mail(received).ok()?;
    for part in &mut mail.outline.parts {
        if part.role == Role::Attachment {
            // 57 bytes are a line of 76 symbols and its end.
            part.decoded_len = size / 78 * 57;
        }
    }
    Some(mail)
}

/// Finds nothing in any file.
struct Nothing;

impl Reader for Nothing {
    fn read(&self, _: Job<'_>, _: &mut dyn Sink) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::Frame;
    use crate::mail::Recipient;
    use crate::mail::envelope::{Client, MailOptions};
    use std::path::PathBuf;

    fn takes(rule: &str, sender: Option<&str>, to: &str, size: Option<u64>) -> bool {
        let text = format!("schema = 1\n[[rule]]\nid = \"r\"\nwhy = \"w\"\n{rule}\n");
        let frame = Frame {
            domains: vec!["inside.example".into()],
            ..Frame::default()
        };
        let sources = [(PathBuf::from("p.toml"), text)];
        let policy = Policy::read(&sources, &frame).unwrap_or_else(|e| panic!("{e}"));
        let address = |text: &str| text.parse().expect("an address");
        let envelope = Envelope {
            sender: sender.map(address),
            recipients: vec![Recipient::new(address(to))],
            options: MailOptions {
                size,
                ..MailOptions::default()
            },
            client: Client::local(),
        };
        takes_files(&policy, &envelope)
    }

    #[test]
    fn what_envelope_and_size_decide_is_foreseen() {
        let anna = Some("anna@inside.example");
        let (out, bo) = ("bo@partner.example", "bo@inside.example");
        let all = "when = { has_attachments = true }\nthen = { action = \"transfer\" }";
        let large = "when = { attachments_over = \"10 MiB\" }\nthen = { action = \"transfer\" }";
        let words = "when = { text_any = [\"heron\"] }\nthen = { action = \"transfer\" }";
        let rows = [
            (all, anna, out, None, true),
            (all, anna, bo, None, false),
            (all, None, out, None, false),
            (large, anna, out, Some(20 << 20), true),
            (large, anna, out, Some(1 << 20), false),
            (large, anna, out, None, false),
            (words, anna, out, Some(20 << 20), false),
        ];
        for (rule, sender, to, size, want) in rows {
            assert_eq!(takes(rule, sender, to, size), want, "{rule} {to} {size:?}");
        }
    }
}

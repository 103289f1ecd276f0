//! The line of the watcher, beside the last mail server before the world: receive → parse → look. It is told of every mail and keeps none.
//!
//! Promises: mail to people outside that should have a mark ([`crate::mail::tripwire`]) and has none that is valid does not pass unseen; a
//! mail that cannot be judged is answered with a fault, never with "continue". It needs the key and our domains, no store and no policy,
//! so that it stands when the gateway does not.
//! Leaves to others: the protocol (`doors::milter`), marks, which mail has files (`decide`).

use super::by_size;
use crate::fault::{Fault, Kind, Reply};
use crate::mail::outline::Nature;
use crate::mail::tripwire::{Marked, Tripwire};
use crate::mail::{Address, Content, Envelope, Intake, Mail, MailId, Received, Segment};
use crate::transfer::proof::{Answer, Outcome};
use crate::{decide, maillog, parse};
use std::path::PathBuf;

/// What its sender, or the server that brings it, hears of a mail without a mark.
const TEXT: &str =
    "This mail has not come by the gateway that it must come by; tell your postmaster";

/// See the page.
#[derive(Debug)]
pub struct Watcher {
    /// Knows our marks.
    pub tripwire: Tripwire,
    /// Mail to these needs no mark: in lower case, A-labels.
    pub domains: Vec<String>,
    /// All mail to others needs one, not only such with files.
    pub guards_all: bool,
    /// What becomes of a mail that has none.
    pub unmarked: Unmarked,
    /// For large mails, while they are looked at.
    pub folder: PathBuf,
}

/// What becomes of a mail that should have a mark and has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmarked {
    /// 550.
    Refused,
    /// 451.
    Deferred,
    /// It is in the log, and passes.
    Passed,
}

impl Watcher {
    /// Where the content of a new mail goes while it arrives.
    pub fn intake(&self) -> Intake {
        Intake::new(&self.folder)
    }

    /// Looks at a mail: it stays with its server, or it must not leave.
    pub fn watch(&self, received: Received) -> Result<Outcome, Fault> {
        let (id, size) = (received.id, received.spool.len());
        let looked = by_size(size, || self.look(received));
        looked.inspect_err(|fault| maillog::failed(id, fault))
    }

    fn look(&self, received: Received) -> Result<Outcome, Fault> {
        let envelope = received.envelope.clone();
        let outside = self.outside(&envelope);
        if outside.is_empty() {
            return Ok(stays(&envelope));
        }
        let content = Content::of(
            received.spool.clone(),
            vec![Segment::Kept(0..received.spool.len())],
        );
        let marked = self.tripwire.judge(&content).map_err(unread)?;
        if marked == Marked::Valid {
            return Ok(stays(&envelope));
        }
        let mail = parse::mail(received)?;
        match self.guards(&mail) {
            true => self.caught(&mail, &outside, marked),
            false => Ok(stays(&envelope)),
        }
    }

    /// Reports of servers have no files but what they report on; of one that is refused nobody hears. A person can write from the null
    /// sender too, and sends a mail, not a report.
    fn guards(&self, mail: &Mail) -> bool {
        let client = &mail.envelope.client;
        let report = mail.envelope.sender.is_none()
            && client.login.is_none()
            && mail.outline.nature == Nature::Report;
        !report && (self.guards_all || decide::facts::carries_files(mail))
    }

    fn outside<'e>(&self, envelope: &'e Envelope) -> Vec<&'e Address> {
        let all = envelope.recipients.iter().map(|r| &r.address);
        all.filter(|to| !to.is_of(&self.domains)).collect()
    }

    fn caught(&self, mail: &Mail, outside: &[&Address], marked: Marked) -> Result<Outcome, Fault> {
        let header = &mail.outline.root().fields;
        let name = header.value("Message-ID").unwrap_or_default();
        let becomes = self.unmarked.word();
        maillog::unmarked(&mail.envelope, (mail.id, name), outside, marked, becomes);
        match self.unmarked {
            Unmarked::Refused => Err(Fault::new(Kind::PolicyRefused(TEXT.to_owned()))),
            Unmarked::Deferred => Ok(deferred(mail.id, &mail.envelope)),
            Unmarked::Passed => Ok(stays(&mail.envelope)),
        }
    }
}

impl Unmarked {
    fn word(self) -> &'static str {
        match self {
            Unmarked::Refused => "refused",
            Unmarked::Deferred => "deferred",
            Unmarked::Passed => "passed",
        }
    }
}

fn stays(envelope: &Envelope) -> Outcome {
    all(envelope, &Answer::Stays)
}

fn deferred(id: MailId, envelope: &Envelope) -> Outcome {
    let reply = Reply::new(451, (4, 7, 1), TEXT).with_id(&id);
    all(envelope, &Answer::Deferred(reply))
}

fn all(envelope: &Envelope, answer: &Answer) -> Outcome {
    let everybody = envelope.recipients.iter().map(|r| r.address.clone());
    Outcome {
        answers: everybody.map(|to| (to, answer.clone())).collect(),
    }
}

fn unread(error: std::io::Error) -> Fault {
    Fault::because(Kind::Internal, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Recipient;
    use crate::mail::envelope::{Client, MailOptions};
    use crate::transfer::keys::Key;

    const TEXT_MAIL: &str = "From: a@example.org\r\nSubject: Hi\r\n\r\nHello\r\n";
    const FILE: &str = "From: a@example.org\r\nContent-Type: application/pdf\r\n\
                        Content-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF-1.4\r\n";
    /// Which of the two is the file's kind?
    const DOUBT: &str = "From: a@example.org\r\nContent-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
                         --b\r\n\r\nHello\r\n--b--\r\n";

    fn watcher(guards_all: bool, unmarked: Unmarked) -> Watcher {
        Watcher {
            tripwire: Tripwire::new(Key::new([7; 32])),
            domains: vec!["example.org".into()],
            guards_all,
            unmarked,
            folder: std::env::temp_dir(),
        }
    }

    fn watched(watcher: &Watcher, mail: &[u8], to: &[&str]) -> String {
        watched_from("a@example.org", watcher, mail, to)
    }

    fn watched_from(sender: &str, watcher: &Watcher, mail: &[u8], to: &[&str]) -> String {
        let mut intake = watcher.intake();
        intake.write(mail).expect("memory");
        let envelope = Envelope {
            sender: sender.parse().ok(),
            recipients: to
                .iter()
                .map(|to| Recipient::new(to.parse().expect("an address")))
                .collect(),
            options: MailOptions::default(),
            client: Client {
                address: None,
                name: None,
                helo: String::new(),
                login: None,
                protocol: "SMTP",
                xforward: Vec::new(),
            },
        };
        let received = intake.finish(MailId::fresh(), envelope).expect("memory");
        match watcher.watch(received) {
            Err(fault) => Reply::from(&fault.kind).code.to_string(),
            Ok(outcome) => {
                let words = outcome.answers.iter().map(|(_, answer)| match answer {
                    Answer::Stays => "stays".to_owned(),
                    Answer::Deferred(reply) => reply.code.to_string(),
                    other => format!("{other:?}"),
                });
                words.collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn a_file_for_people_outside_needs_a_mark() {
        let rows: &[(&str, &[&str], &str)] = &[
            (TEXT_MAIL, &["b@partner.example"], "stays"),
            (FILE, &["b@partner.example"], "550"),
            (DOUBT, &["b@partner.example"], "550"),
            (FILE, &["b@example.org"], "stays"),
            (FILE, &["b@EXAMPLE.org", "postmaster"], "stays stays"),
            (FILE, &["b@example.org", "b@partner.example"], "550"),
            (FILE, &["b@sub.example.org"], "550"),
        ];
        let watcher = watcher(false, Unmarked::Refused);
        for (mail, to, want) in rows {
            assert_eq!(
                watched(&watcher, mail.as_bytes(), to),
                *want,
                "{mail} {to:?}"
            );
            let marked = watcher
                .tripwire
                .mark(Content::new(mail.as_bytes().to_vec()));
            let marked = marked.expect("memory").to_vec().expect("memory");
            let said = watched(&watcher, &marked, to);
            assert!(said.split(' ').all(|word| word == "stays"), "{said}");
        }
    }

    #[test]
    fn reports_of_servers_pass_and_mail_from_nobody_does_not() {
        let report = "From: mailer@example.org\r\nMIME-Version: 1.0\r\n\
                      Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
                      --b\r\n\r\nNot delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
                      Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; b@x.example\r\nAction: failed\r\n\
                      --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Hi\r\n\r\nHello\r\n--b--\r\n";
        let watcher = watcher(true, Unmarked::Refused);
        for (sender, mail, want) in [
            ("", report, "stays"),
            ("a@example.org", report, "550"),
            ("", FILE, "550"),
        ] {
            let said = watched_from(sender, &watcher, mail.as_bytes(), &["b@partner.example"]);
            assert_eq!(said, want, "{sender} {mail}");
        }
    }

    #[test]
    fn what_becomes_of_it_is_the_operators_choice() {
        let to = ["b@partner.example", "c@partner.example"];
        let rows = [
            (false, Unmarked::Deferred, FILE, "451 451"),
            (false, Unmarked::Passed, FILE, "stays stays"),
            (false, Unmarked::Deferred, TEXT_MAIL, "stays stays"),
            (true, Unmarked::Deferred, TEXT_MAIL, "451 451"),
            (true, Unmarked::Refused, TEXT_MAIL, "550"),
        ];
        for (all, unmarked, mail, want) in rows {
            let said = watched(&watcher(all, unmarked), mail.as_bytes(), &to);
            assert_eq!(said, want, "{all} {unmarked:?}");
        }
    }
}

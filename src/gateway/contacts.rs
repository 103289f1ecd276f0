//! Asks directories, and then what its sender gave with earlier mails, for whom a password could reach by telephone, once a mail is known
//! to be protected and before its way is chosen.
//!
//! Promises: nobody is asked about who needs no password, or for whom the sender has given a number (T102); what is found stands in
//! the decision's contact and changes nothing that policy decided. A directory that does not answer defers the mail: its password must
//! not silently take another way.

use super::upkeep::complain;
use super::{Gateway, commands, heavy};
use crate::fault::{Fault, Kind};
use crate::mail::{Address, Mail};
use crate::maillog;
use crate::transfer::contact::{KnownNumber, Origin};
use crate::transfer::notice::Learn;
use crate::transfer::{Contact, Destination, Notice, Numbers, Plan};
use jiff::Timestamp;
use std::time::Instant;
use tokio::time::timeout_at;

impl Gateway {
    /// Fills in the contacts of all who need one, until a time.
    pub(super) async fn look_up(
        &self,
        mail: &Mail,
        plan: &mut Plan,
        until: Instant,
    ) -> Result<(), Fault> {
        let asked = timeout_at(until.into(), self.ask(mail, plan)).await;
        asked.unwrap_or_else(|_| Err(Fault::because(Kind::Deadline, "directories are slow")))?;
        self.recall_agreed(mail.id, plan)
    }

    async fn ask(&self, mail: &Mail, plan: &mut Plan) -> Result<(), Fault> {
        let (is_its_senders, is_to_one) = (commands::is_its_senders(mail), is_to_one(mail));
        for decision in &mut plan.decisions {
            let own = decision.options.phone_is_own || is_to_one;
            decision.contact.vouched = is_its_senders && own && decision.options.phone.is_some();
            if !self.parts.router.wants_number(decision) {
                continue;
            }
            let found = self.parts.directories.find(&decision.recipient).await;
            let found = found.map_err(|e| Fault::because(Kind::DirectoryDown, e))?;
            if let Some(by) = &found.by {
                maillog::number_found(mail.id, &decision.recipient, by);
            }
            decision.contact = Contact {
                language: (found.contact.language).and_then(|tag| self.spoken(&tag)),
                ..found.contact
            };
            if decision.contact.number.is_none() {
                decision.contact.number = self.remembered(mail, &decision.recipient)?;
            }
        }
        Ok(())
    }

    /// What the same sender gave with an earlier mail.
    fn remembered(&self, mail: &Mail, recipient: &Address) -> Result<Option<KnownNumber>, Fault> {
        let (Some(sender), false) = (&mail.envelope.sender, self.parts.remember_numbers.is_zero())
        else {
            return Ok(None);
        };
        let since = self.numbers_since(Timestamp::now().as_second());
        let numbers = heavy(|| self.store().numbers(sender))?;
        let known = numbers.of(recipient, since).map(|digits| KnownNumber {
            digits: digits.to_owned(),
            origin: Origin::Earlier,
        });
        if known.is_some() {
            maillog::number_found(mail.id, recipient, "an earlier mail");
        }
        Ok(known)
    }

    /// A text message went to a number that its sender gave: it need not be given again. That this cannot be written is no reason to send
    /// again.
    pub(super) fn remember(&self, notice: &Notice) {
        let at = notice.created;
        self.teach(notice, |numbers, whose, digits| match notice.number {
            Learn::Number => numbers.note(whose, digits, at),
            Learn::Use => numbers.refresh(whose, digits, at),
            Learn::Nothing => {}
        });
    }

    /// A text message did not arrive there: it is no number to be used again.
    pub(super) fn unlearn(&self, notice: &Notice) {
        self.teach(notice, Numbers::disprove);
    }

    fn teach(&self, notice: &Notice, lesson: impl Fn(&mut Numbers, &str, &str)) {
        let off = notice.number == Learn::Nothing || self.parts.remember_numbers.is_zero();
        let (Destination::Phone(digits), false) = (&notice.destination, off) else {
            return;
        };
        let Ok(sender) = notice.sender.parse::<Address>() else {
            return;
        };
        let noted = heavy(|| {
            self.store().change_numbers(&sender, |numbers| {
                let whose = notice.entries.iter().map(|entry| &entry.recipient);
                whose.for_each(|whose| lesson(numbers, whose, digits));
            })
        });
        if let Err(fault) = noted {
            complain("a number", &fault);
        }
    }

    /// What was used before this (Unix time, seconds) is forgotten.
    pub fn numbers_since(&self, now: i64) -> i64 {
        let kept = self.parts.remember_numbers.as_secs();
        now.saturating_sub(i64::try_from(kept).unwrap_or(i64::MAX))
    }

    /// One of the languages we have texts in: `de` for `de-ch`.
    fn spoken(&self, tag: &str) -> Option<String> {
        let base = tag.split('-').next().unwrap_or(tag);
        let ours = |wanted: &str| {
            let mut all = self.house().languages.iter();
            all.find(|ours| ours.eq_ignore_ascii_case(wanted)).cloned()
        };
        ours(tag).or_else(|| ours(base))
    }
}

/// A number that is given for nobody by name is this recipient's only if the mail is to nobody else: neither here nor in another copy, as
/// mail servers part the recipients of one mail.
fn is_to_one(mail: &Mail) -> bool {
    let fields = &mail.outline.root().fields;
    let named = ["To", "Cc"].into_iter().flat_map(|name| fields.all(name));
    let named: usize = named.map(|field| field.raw.matches('@').count()).sum();
    mail.envelope.recipients.len() == 1 && named <= 1
}

//! Asks directories, and then what its sender gave with earlier mails, for whom a password could reach by telephone, once a mail is known
//! to be protected and before its way is chosen.
//!
//! Promises: nobody is asked about who needs no password, or for whom the sender has given a number (T102); what is found stands in
//! the decision's contact and changes nothing that policy decided. A directory that does not answer defers the mail: its password must
//! not silently take another way.

use super::upkeep::complain;
use super::{Gateway, heavy};
use crate::fault::{Fault, Kind};
use crate::mail::{Address, Mail};
use crate::maillog;
use crate::transfer::contact::{KnownNumber, Origin};
use crate::transfer::{Contact, Destination, Notice, Plan};
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
        asked.unwrap_or_else(|_| Err(Fault::because(Kind::Deadline, "directories are slow")))
    }

    async fn ask(&self, mail: &Mail, plan: &mut Plan) -> Result<(), Fault> {
        for decision in &mut plan.decisions {
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

    /// A text message went to a number that its sender gave: it need not be given again. That cannot be written is no reason to send again.
    pub(super) fn remember(&self, notice: &Notice, now: i64) {
        let (Destination::Phone(digits), true) = (&notice.destination, notice.given) else {
            return;
        };
        let Ok(sender) = notice.sender.parse::<Address>() else {
            return;
        };
        if self.parts.remember_numbers.is_zero() {
            return;
        }
        let noted = heavy(|| {
            self.store().change_numbers(&sender, |numbers| {
                for entry in &notice.entries {
                    numbers.note(&entry.recipient, digits, now);
                }
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

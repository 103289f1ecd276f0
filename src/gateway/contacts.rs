//! Asks directories for whom a password could reach by telephone, once a mail is known to be protected and before its way is chosen.
//!
//! Promises: nobody is asked about who needs no password, or for whom the sender has given a number (T102); what is found stands in
//! the decision's contact and changes nothing that policy decided. A directory that does not answer defers the mail: its password must
//! not silently take another way.

use super::Gateway;
use crate::fault::{Fault, Kind};
use crate::mail::MailId;
use crate::maillog;
use crate::transfer::{Contact, Plan};
use std::time::Instant;
use tokio::time::timeout_at;

impl Gateway {
    /// Fills in the contacts of all who need one, until a time.
    pub(super) async fn look_up(
        &self,
        mail: MailId,
        plan: &mut Plan,
        until: Instant,
    ) -> Result<(), Fault> {
        let asked = timeout_at(until.into(), self.ask(mail, plan)).await;
        asked.unwrap_or_else(|_| Err(Fault::because(Kind::Deadline, "directories are slow")))
    }

    async fn ask(&self, mail: MailId, plan: &mut Plan) -> Result<(), Fault> {
        let directories = &self.parts.directories;
        if directories.is_empty() {
            return Ok(());
        }
        for decision in &mut plan.decisions {
            if !self.parts.router.wants_number(decision) {
                continue;
            }
            let found = directories.find(&decision.recipient).await;
            let found = found.map_err(|e| Fault::because(Kind::DirectoryDown, e))?;
            if let Some(by) = &found.by {
                maillog::number_found(mail, &decision.recipient, by);
            }
            decision.contact = Contact {
                language: (found.contact.language).and_then(|tag| self.spoken(&tag)),
                ..found.contact
            };
        }
        Ok(())
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

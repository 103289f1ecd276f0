//! Telling: who hears of what becomes of a mail, and what its receipt says.
//!
//! Promises: only people of our own domains are told, never machines (RFC 3834) and never the null sender; each transfer has one receipt at
//! most, however often its mail comes; nothing waits for it but one more value in a commit that is made anyway.
//! Leaves to others: words (`notify`), keeping what is to be said (`store`), sending it ([`super::memos`]).

use super::release::Copies;
use super::{Gateway, heavy};
use crate::mail::header::Fields;
use crate::mail::visible::visible_line;
use crate::mail::{Address, Mail};
use crate::transfer::memo::MOST_NAMES;
use crate::transfer::proof::{Answer, Outcome, ShownFile};
use crate::transfer::receipt::{Arrived, Got, Person};
use crate::transfer::record::SealedTransfer;
use crate::transfer::{Decision, Plan, Receipt, SenderLink, Told};

impl Gateway {
    /// How the sender of this mail is told what becomes of it; `None`: nobody is.
    fn told(&self, mail: &Mail, plan: &Plan) -> Option<Told> {
        let sender = self.listener(mail)?;
        let chosen = heavy(|| self.store().preferences(sender)).unwrap_or_default();
        let fields = &mail.outline.root().fields;
        let wants = |d: &Decision| d.options.notify.iter().any(|n| n == "delivered");
        let wanted = chosen.receipts.unwrap_or(self.parts.telling.receipts);
        let thread = fields.value("Message-ID").map(|id| id.trim().to_owned());
        Some(Told {
            language: match &chosen.language {
                Some(language) => self.texts().language(Some(language)).to_owned(),
                None => self.language_of(mail),
            },
            thread: thread.filter(|id| !id.is_empty()),
            receipt: wanted || plan.decisions.iter().any(wants),
            asked: fields.value("Disposition-Notification-To").is_some(),
        })
    }

    /// The sender, if it is a person of ours.
    fn listener<'a>(&self, mail: &'a Mail) -> Option<&'a Address> {
        let sender = mail.envelope.sender.as_ref()?;
        let is_ours = self.house().domains.iter().any(|d| d == sender.domain());
        (is_ours && !is_machine(&mail.outline.root().fields)).then_some(sender)
    }

    /// Says in the transfer to be held who is told.
    pub(super) fn mark_told(&self, mail: &Mail, plan: &Plan, transfer: &mut SealedTransfer) {
        transfer.record.told = self.told(mail, plan);
    }

    /// The receipt of a hand-over, if somebody may read one. The store knows whether it was made before.
    pub(super) fn receipt(
        &self,
        mail: &Mail,
        plan: &Plan,
        copies: &Copies,
        outcome: &Outcome,
    ) -> Option<Box<Receipt>> {
        self.listener(mail)?;
        let transfer = copies.held.transfer()?;
        let people = (0..).zip(&plan.decisions).map(|(index, decision)| Person {
            recipient: decision.recipient.to_string(),
            fate: arrived(outcome.of(&decision.recipient)),
            got: match copies.held.link_of(index) {
                Some(link) => Got::Link {
                    password: link.password.clone(),
                    shared: link.recipients.len() > 1,
                    renewable: link.renewable,
                },
                None => Got::Original,
            },
        });
        let mut files: Vec<ShownFile> = Vec::new();
        for file in transfer.links.iter().flat_map(|link| &link.files) {
            if !files.contains(file) {
                files.push(file.clone());
            }
        }
        let hides = |hide: fn(&Decision) -> bool| plan.decisions.iter().any(hide);
        let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let sizes = files.iter().map(|file| file.size);
        let size = sizes.fold(0, u64::saturating_add);
        match hides(|d| d.options.hide_names) {
            true => files.clear(),
            false => files.truncate(MOST_NAMES),
        }
        Some(Box::new(Receipt {
            subject: (!hides(|d| d.options.hide_subject)).then(|| subject(mail, plan)),
            files,
            count,
            size,
            people: people.collect(),
            reasons: plan.reasons(),
            expires: transfer.links.iter().map(|l| l.expires).max().unwrap_or(0),
            token: SenderLink::token(&self.parts.master, &transfer.id, transfer.sheet.as_ref()),
        }))
    }
}

fn subject(mail: &Mail, plan: &Plan) -> String {
    let fields = &mail.outline.root().fields;
    let written = || fields.value("Subject").unwrap_or_default().to_owned();
    visible_line(&plan.subject.clone().unwrap_or_else(written))
}

/// Machines that write mail say so, and so do lists (RFC 3834 section 5, RFC 2919).
pub(super) fn is_machine(fields: &Fields) -> bool {
    let says = |name: &str| fields.value(name).map(|v| v.trim().to_ascii_lowercase());
    let auto = says("Auto-Submitted").is_some_and(|v| v.split(';').next() != Some("no"));
    let many = says("Precedence").is_some_and(|v| ["bulk", "junk", "list"].contains(&v.as_str()));
    auto || many || ["List-Id", "List-Post"].iter().any(|n| says(n).is_some())
}

fn arrived(answer: Option<&Answer>) -> Arrived {
    match answer {
        Some(Answer::Accepted(_) | Answer::Before | Answer::Obeyed | Answer::Stays) => {
            Arrived::Taken
        }
        Some(Answer::Refused(reply)) => Arrived::Refused(reply.to_string()),
        Some(Answer::Deferred(_) | Answer::Owned(_) | Answer::Waits(_)) => Arrived::Waits,
        Some(Answer::Unknown) | None => Arrived::Unclear,
    }
}

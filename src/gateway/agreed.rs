//! Recalls the passwords that are agreed with recipients, once a mail is known to be protected and before its way is chosen.
//!
//! Promises: nobody is looked up whom policy wants to reach by other ways, or for whom the sender has chosen a password; what is agreed counts
//! only where it keeps the rules that policy has for this mail. A store that does not answer defers the mail: its password must not silently
//! take another way.

use super::{Gateway, heavy};
use crate::fault::Fault;
use crate::mail::MailId;
use crate::maillog;
use crate::transfer::{Decision, Password, Plan};

impl Gateway {
    /// Fills in what is agreed with all for whom policy wants to use it.
    pub(super) fn recall_agreed(&self, mail: MailId, plan: &mut Plan) -> Result<(), Fault> {
        let router = &self.parts.router;
        let wanting = |d: &&mut Decision| router.wants_agreed(d);
        let wanting: Vec<&mut Decision> = plan.decisions.iter_mut().filter(wanting).collect();
        if wanting.is_empty() {
            return Ok(());
        }
        heavy(|| {
            for decision in wanting {
                decision.contact.agreed = self.agreed_for(mail, decision)?;
            }
            Ok(())
        })
    }

    fn agreed_for(&self, mail: MailId, decision: &Decision) -> Result<Option<Password>, Fault> {
        let recipient = &decision.recipient;
        let Some(agreed) = self.store().agreed_with(recipient)? else {
            return Ok(None);
        };
        let broken = decision.options.password_rules.broken(&agreed.password);
        Ok(match broken.first() {
            None => {
                maillog::agreed_found(mail, recipient, &agreed.party);
                Some(agreed.password)
            }
            Some(rule) => {
                maillog::agreed_unfit(mail, recipient, &agreed.party, rule);
                None
            }
        })
    }
}

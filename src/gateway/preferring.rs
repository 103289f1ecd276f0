//! Preferring: what a sender is told from now on, as he chooses on his page.
//!
//! Any link of his will do, also the shorter one of a notice: it shows nothing of what is in a transfer (P9), and who wants no receipts never
//! gets a longer one again. As a link can be forwarded and this counts for all his mails, the sender reads by mail what was chosen; what is no
//! matter of taste reaches him in any case. Promises: choice and mail are durable together; one such mail in a quarter of an hour for each
//! transfer, however often it is changed. What is as the house has it is kept as no choice, so that it follows the house.
//! Leaves to others: the page (`doors::web`), words (`notify`), heeding it ([`super::telling`]). Fails with `Fault`: the store does not answer.

use super::steering::Steering;
use crate::fault::Fault;
use crate::mail::Address;
use crate::transfer::memo::About;
use crate::transfer::{Downloads, Memo, Preferences, Record, SenderLink, TransferId};
use jiff::Timestamp;

/// The mail about it waits for the end of such a piece of time, in seconds.
const PIECE: i64 = 900;

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// A receipt for each mail.
    pub receipts: bool,
    /// Word of downloads.
    pub downloads: Downloads,
    /// The language of it, one of ours; `None`: as each mail has it.
    pub language: Option<String>,
}

impl Steering {
    /// What the sender of this transfer is told now; `None`: nobody is.
    pub fn choice(&self, record: &Record) -> Result<Option<Choice>, Fault> {
        let Some(sender) = reader(record) else {
            return Ok(None);
        };
        let chosen = self.store().preferences(&sender)?;
        Ok(Some(Choice {
            receipts: chosen.receipts.unwrap_or(self.telling.receipts),
            downloads: chosen.downloads.unwrap_or(self.telling.downloads),
            language: chosen.language,
        }))
    }

    /// From now on he is told this. Durable when it returns; false if there is nobody to tell. Blocks.
    pub fn choose(&self, id: &TransferId, record: &Record, choice: &Choice) -> Result<bool, Fault> {
        let Some(sender) = reader(record) else {
            return Ok(false);
        };
        let now = Timestamp::now().as_second();
        let due = (now / PIECE + 1) * PIECE;
        let memo = self.memo(id, record, choice);
        let told = memo.as_ref().map(|memo| (memo, due));
        let preferences = self.preferences(choice);
        self.store().set_preferences(&sender, &preferences, told)?;
        Ok(true)
    }

    fn preferences(&self, choice: &Choice) -> Preferences {
        let (receipts, downloads) = (choice.receipts, choice.downloads);
        Preferences {
            receipts: (receipts != self.telling.receipts).then_some(receipts),
            downloads: (downloads != self.telling.downloads).then_some(downloads),
            language: choice.language.clone(),
        }
    }

    fn memo(&self, id: &TransferId, record: &Record, choice: &Choice) -> Option<Memo> {
        let token = SenderLink::token(self.store().master(), id, None);
        let about = About::Chosen {
            receipts: choice.receipts,
            downloads: choice.downloads,
        };
        let memo = Memo::to_sender(record, "chosen", format!("/s/{token}"), about)?;
        Some(Memo {
            language: choice.language.clone().or(memo.language),
            ..memo
        })
    }
}

/// Who reads what is told of this transfer.
fn reader(record: &Record) -> Option<Address> {
    record.told.as_ref()?;
    record.sender.parse().ok()
}

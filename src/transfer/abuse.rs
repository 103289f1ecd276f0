//! The link in mails that came in by our pages, `/b/<token>`: who got one reports it there.
//!
//! A token is the mail's id and 80 bits that only the master key makes of it: nothing of it is on disk. Everybody who got that mail has the
//! same, and so has whoever they send it on to: it shows who wrote the mail, which stands in the mail, and nothing of what it says.
//! Leaves to others: keeping who wrote what (`store`), what a report is followed by (`gateway::abuse`).

use super::Draft;
use super::draft::{Order, Origin};
use super::hold_link::mail_of;
use super::keys::MasterKey;
use super::sender_link::{bytes, letters};
use crate::mail::MailId;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Seconds for which it is known who wrote a mail, and its link works.
pub const KEPT: i64 = 30 * 86_400;

/// A mail that came in by our pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The mail: its reference.
    pub mail: String,
    /// Who wrote it: an address.
    pub who: String,
    /// They were sent nothing before, and proved the address by a code; else they opened files that were sent to it.
    pub guest: bool,
    /// When a code was entered: Unix time, seconds.
    pub proven: Option<i64>,
    /// When it was sent: Unix time, seconds.
    pub at: i64,
    /// To whom.
    pub to: Vec<String>,
    /// When somebody reported it: Unix time, seconds.
    pub reported: Option<i64>,
}

impl Arrival {
    /// Of what was sent.
    pub fn of(draft: &Draft, order: &Order) -> Self {
        Arrival {
            mail: order.mail.clone(),
            who: draft.who.clone(),
            guest: matches!(draft.origin, Origin::Address(_)),
            proven: draft.proven,
            at: order.at,
            to: order.to.clone(),
            reported: None,
        }
    }

    /// The last second in which it is kept: Unix time.
    pub fn ends(&self) -> i64 {
        self.at.saturating_add(KEPT)
    }
}

/// The path of the page that reports this mail, a secret of those who got it.
pub fn page(master: &MasterKey, mail: &str) -> String {
    let token = mail.to_owned() + &letters(&proof(master, mail));
    format!("/b/{}", token.to_ascii_lowercase())
}

/// Whose token this is; `None` if it is not ours.
pub fn read(master: &MasterKey, token: &str) -> Option<MailId> {
    let mail = mail_of(token)?;
    let told = bytes(token.get(8..)?)?;
    let is_ours = bool::from(proof(master, &mail.to_string()).ct_eq(&told));
    is_ours.then_some(mail)
}

fn proof(master: &MasterKey, mail: &str) -> [u8; 10] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&*master.abuse()).expect("HMAC takes a key of any length");
    mac.update(mail.as_bytes());
    let whole: [u8; 32] = mac.finalize().into_bytes().into();
    std::array::from_fn(|i| whole[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_mails() {
        let (master, mail) = (MasterKey::fresh(), MailId::fresh());
        let path = page(&master, &mail.to_string());
        let token = path.strip_prefix("/b/").expect("a page").to_owned();
        assert_eq!(token.len(), 24);
        assert_eq!(read(&master, &token), Some(mail));
        assert_eq!(read(&master, &token.to_uppercase()), Some(mail));
        assert_eq!(read(&MasterKey::fresh(), &token), None);
        let other = MailId::fresh().to_string().to_lowercase() + &token[8..];
        for wrong in ["", &token[..8], &token[..23], &other, "ääääääääääää"] {
            assert_eq!(read(&master, wrong), None, "{wrong}");
        }
    }
}

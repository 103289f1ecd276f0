//! The links in mails about a mail that waits, `/a/<token>`: an approver decides there, its sender withdraws it.
//!
//! A token is the mail's id and 80 bits that only the master key makes, of the mail, the part somebody plays in it, and his address: nobody
//! makes another's out of his own, and nothing of it is on disk. It opens nothing: what the mail says is not shown there.
//! Leaves to others: whether the mail still waits, and who its approvers are (`gateway::approving`).

use super::Waiting;
use super::keys::MasterKey;
use super::sender_link::{bytes, letters};
use crate::mail::id::typed;
use crate::mail::{Address, MailId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Who has such a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// May release it or drop it.
    Approver(Address),
    /// Sent it, and may withdraw it while nobody has decided.
    Sender(Address),
}

/// What stands in the path: 24 characters. For a mail to this person only.
pub fn token(master: &MasterKey, mail: &str, part: &Part) -> String {
    (mail.to_owned() + &letters(&proof(master, mail, part))).to_ascii_lowercase()
}

/// Whose mail a token is about, if it is shaped like one.
pub fn mail_of(token: &str) -> Option<MailId> {
    let id = typed(token.get(..8)?).ok()?;
    let told = token.get(8..)?;
    bytes(told)?;
    std::str::from_utf8(&id).ok()?.parse().ok()
}

/// Whose token this is; `None` if it is nobody's of this mail.
pub fn read(
    master: &MasterKey,
    mail: &str,
    people: (&[Address], Option<&Address>),
    token: &str,
) -> Option<Part> {
    let told = bytes(token.get(8..)?)?;
    let approvers = people.0.iter().cloned().map(Part::Approver);
    let mut all = approvers.chain(people.1.cloned().map(Part::Sender));
    all.find(|part| bool::from(proof(master, mail, part).ct_eq(&told)))
}

impl Waiting {
    /// The path of somebody's page about this mail.
    pub fn page(&self, master: &MasterKey, part: &Part) -> String {
        format!("/a/{}", token(master, &self.id, part))
    }
}

fn proof(master: &MasterKey, mail: &str, part: &Part) -> [u8; 10] {
    let (word, address) = match part {
        Part::Approver(address) => ("approver", address),
        Part::Sender(address) => ("sender", address),
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(&*master.approver())
        .expect("HMAC takes a key of any length");
    mac.update(format!("{mail}\0{word}\0{address}").as_bytes());
    let whole: [u8; 32] = mac.finalize().into_bytes().into();
    std::array::from_fn(|i| whole[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_persons_for_one_mail() {
        let master = MasterKey::fresh();
        let address = |text: &str| text.parse::<Address>().expect("an address");
        let (dpo, cfo) = (address("dpo@example.org"), address("cfo@example.org"));
        let both = [dpo.clone(), cfo.clone()];
        let mail = "7K3M9XQF";
        for part in [Part::Approver(cfo.clone()), Part::Sender(dpo.clone())] {
            let token = token(&master, mail, &part);
            assert_eq!(token.len(), 24);
            let of = |people, token: &str| read(&master, mail, people, token);
            assert_eq!(of((&both, Some(&dpo)), &token), Some(part.clone()));
            assert_eq!(of((&both, Some(&dpo)), &token.to_uppercase()), Some(part));
            assert_eq!(of((&both[..1], None), &token), None);
            assert_eq!(read(&master, "7K3M9XQG", (&both, Some(&dpo)), &token), None);
            assert_eq!(mail_of(&token).map(|id| id.to_string()), Some(mail.into()));
        }
        for wrong in ["", "7k3m9xqf", "ääääääääääää", &"é".repeat(12)] {
            assert_eq!(mail_of(wrong), None, "{wrong}");
        }
    }
}

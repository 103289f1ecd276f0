//! Reports: what a provider says became of a text message, after it has taken it.
//!
//! A provider calls `/dlr/<token>`. The token is 160 bits that only the master key makes, of the notice's id: who has it can say of this one
//! notice that it arrived or did not, and nothing else, and nothing of it is on disk.
//! Leaves to others: what providers' words mean (`notify`), what follows (`store`, `gateway`).

use super::keys::{Key, MasterKey};
use super::sender_link::letters;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// What became of a text message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The telephone has it.
    Delivered,
    /// It never will.
    Failed,
}

/// Makes the addresses that providers call.
#[derive(Clone)]
pub struct ReportLinks {
    key: Key,
    portal: String,
}

impl ReportLinks {
    /// On the portal at this address.
    pub fn new(master: &MasterKey, portal_url: &str) -> Self {
        ReportLinks {
            key: master.report(),
            portal: portal_url.trim_end_matches('/').to_owned(),
        }
    }

    /// Where the report about this notice goes.
    pub fn url(&self, notice: &str) -> String {
        format!("{}/dlr/{}", self.portal, made(&self.key, notice))
    }
}

/// What stands in the path: 32 characters.
pub fn token(master: &MasterKey, notice: &str) -> String {
    made(&master.report(), notice)
}

fn made(key: &Key, notice: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&**key).expect("HMAC takes a key of any length");
    mac.update(notice.as_bytes());
    let whole = mac.finalize().into_bytes();
    let half = |from: usize| letters(&std::array::from_fn(|i| whole[from + i]));
    (half(0) + &half(10)).to_ascii_lowercase()
}

impl fmt::Debug for ReportLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportLinks")
            .field("portal", &self.portal)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_notice_has_a_token_of_its_own() {
        let master = MasterKey::fresh();
        let links = ReportLinks::new(&master, "https://files.example.org/");
        let (one, other) = (token(&master, "7K3M9XQF-0"), token(&master, "7K3M9XQF-1"));
        assert_eq!(one.len(), 32);
        assert!(one != other && one[..16] != one[16..]);
        let url = format!("https://files.example.org/dlr/{one}");
        assert_eq!(links.url("7K3M9XQF-0"), url);
        assert_ne!(token(&MasterKey::fresh(), "7K3M9XQF-0"), one);
        assert!(!format!("{links:?}").contains("key"));
    }
}

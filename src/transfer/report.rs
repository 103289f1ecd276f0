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

/// How a network writes the name of one message in its answer and in its receipt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReceiptIds {
    /// Alike.
    #[default]
    Same,
    /// A hexadecimal number in the answer, decimal in the receipt.
    Decimal,
    /// A decimal number in the answer, hexadecimal in the receipt.
    Hex,
}

impl ReceiptIds {
    /// The name in an answer, in the form that both are compared in.
    pub fn of_answer(self, id: String) -> String {
        match self {
            ReceiptIds::Same => id,
            ReceiptIds::Decimal => number(id, 16),
            ReceiptIds::Hex => number(id, 10),
        }
    }

    /// The name in a receipt, in the same form.
    pub fn of_receipt(self, id: String) -> String {
        match self {
            ReceiptIds::Same => id,
            ReceiptIds::Decimal => number(id, 10),
            ReceiptIds::Hex => number(id, 16),
        }
    }
}

/// In decimal digits; as it is where that is no such number.
fn number(id: String, radix: u32) -> String {
    let read = u128::from_str_radix(&id, radix);
    read.map_or(id, |number| number.to_string())
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
    fn a_message_has_one_name_in_whatever_digits_it_is_written() {
        let rows = [
            (ReceiptIds::Same, "a1F", "a1F", true),
            (ReceiptIds::Same, "0a1f", "a1f", false),
            (ReceiptIds::Decimal, "0000A1F", "2591", true),
            (ReceiptIds::Decimal, "10", "0000000016", true),
            (ReceiptIds::Decimal, "16", "16", false),
            (ReceiptIds::Hex, "2591", "a1f", true),
            (ReceiptIds::Hex, "0002591", "0A1F", true),
            (ReceiptIds::Hex, "10", "10", false),
            // No numbers at all: then they have to be the same.
            (ReceiptIds::Decimal, "SM-7x", "SM-7x", true),
            (ReceiptIds::Hex, "", "", true),
        ];
        for (ids, answer, receipt, same) in rows {
            let got = ids.of_answer(answer.into()) == ids.of_receipt(receipt.into());
            assert_eq!(got, same, "{ids:?}: {answer} {receipt}");
        }
    }

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

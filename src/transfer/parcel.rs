//! A parcel: a finished copy of a mail, or a delivery report of ours, that is durably ours until the next hop has it or its sender is told.
//!
//! Life: owned → tried until nobody is left who waits for it → over. A copy whose answer is not known is sent again, as a mail that
//! comes twice is better than one that never comes. The record holds the envelope and what next hops said; the bytes are one sealed blob.
//! Leaves to others: keeping it (`store`), sealing it (`seal`), trying it and telling its sender (`gateway`).

use super::record::BlobRecord;
use crate::fault::Reply;
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::{Address, Envelope, Lane, Recipient};
use serde::{Deserialize, Serialize};

/// Mail of ours on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parcel {
    /// `<mail>-<number>`; a report about a parcel has the parcel's id, a dot and the number of the try that made it.
    pub id: String,
    /// The mail it came from, as in the log.
    pub mail: String,
    /// A copy or a report.
    pub what: What,
    /// The envelope sender; `None` for reports.
    pub sender: Option<Address>,
    /// Those who do not have it yet.
    pub pending: Vec<Pending>,
    /// MAIL parameters.
    pub options: MailOptions,
    /// The client the mail came from.
    pub client: Client,
    /// The only way it may leave by.
    pub lane: Lane,
    /// Its `Message-ID`.
    pub message_id: Option<String>,
    /// Language of what its sender is told.
    pub language: String,
    /// When the mail came: Unix time, seconds.
    pub received: i64,
    /// No try behind this time (Unix, seconds): then its sender is told.
    pub until: i64,
    /// The bytes.
    pub blob: BlobRecord,
    /// The key of the blob, sealed (`seal::whole`); empty once it is over.
    pub key: Vec<u8>,
    /// The day whose key is needed too: days since 1970.
    pub day: i32,
    /// No try before this Unix time, in seconds.
    pub due: i64,
    /// How often it was tried; written before each try.
    pub tries: u32,
    /// An operator wants it gone: it is not tried any more, and its sender is told.
    pub dropped: bool,
    /// Its sender was told that it is late.
    pub delay_told: bool,
    /// The transfer its link leads to, if there is one.
    pub transfer: Option<String>,
    /// Which manifest is the current one.
    pub generation: u32,
}

/// What a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// A finished copy for its recipients.
    Copy,
    /// A report to the sender of one. What becomes of it is told to nobody (RFC 5321 section 6.1).
    Report,
}

/// What becomes of the rest of a mail that has left for some of its recipients, when its client hears one answer for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Partial {
    /// It is durably ours.
    #[default]
    Own,
    /// The client is told to come again; who has the mail does not get it twice.
    Retry,
}

/// Somebody who does not have it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Who, with what they want to be told.
    pub recipient: Recipient,
    /// What the next hop said last, or we.
    pub last: Option<Reply>,
    /// When that was: Unix time, seconds.
    pub at: i64,
    /// How often in a row nobody knows whether it left: written before each try, taken back when its end is known.
    pub unknown: u32,
}

impl Parcel {
    /// Everybody has it, or never will.
    pub fn is_over(&self) -> bool {
        self.pending.is_empty()
    }

    /// The envelope of the next try.
    pub fn envelope(&self) -> Envelope {
        let recipients = self.pending.iter().map(|p| p.recipient.clone());
        Envelope {
            sender: self.sender.clone(),
            recipients: recipients.collect(),
            options: self.options.clone(),
            client: self.client.clone(),
        }
    }
}

impl Pending {
    /// Somebody whom it was not tried for yet.
    pub fn new(recipient: Recipient) -> Self {
        Pending {
            recipient,
            last: None,
            at: 0,
            unknown: 0,
        }
    }

    /// True if its sender wants to hear that it failed for good (RFC 3461 section 4.1: also if nothing was said).
    pub fn wants_failures(&self) -> bool {
        self.recipient.notify.is_none() || self.recipient.asks_for("FAILURE")
    }

    /// True if its sender asked to hear that it was handed on.
    pub fn wants_successes(&self) -> bool {
        self.recipient.asks_for("SUCCESS")
    }

    /// True if its sender asked to hear that it is late.
    pub fn wants_delays(&self) -> bool {
        self.recipient.asks_for("DELAY")
    }
}

/// One for one recipient, that came at the beginning of time.
#[cfg(test)]
pub(crate) fn sample(to: &str, notify: Option<&str>) -> Parcel {
    let recipient = Recipient {
        notify: notify.map(str::to_owned),
        ..Recipient::new(to.parse().expect("an address"))
    };
    Parcel {
        id: "7K3M9XQF-1".into(),
        mail: "7K3M9XQF".into(),
        what: What::Copy,
        sender: Some("anna@example.org".parse().expect("an address")),
        pending: vec![Pending::new(recipient)],
        options: MailOptions::default(),
        client: Client::local(),
        lane: Lane::Ordinary,
        message_id: None,
        language: "en".into(),
        received: 0,
        until: 5 * 86_400,
        blob: BlobRecord {
            id: crate::transfer::BlobId::fresh(),
            plain_len: 0,
            number: 0,
        },
        key: Vec::new(),
        day: 6,
        due: 60,
        tries: 1,
        dropped: false,
        delay_told: false,
        transfer: None,
        generation: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_as_rfc_3461_says() {
        let rows = [
            (None, true, false),
            (Some("NEVER"), false, false),
            (Some("SUCCESS"), false, false),
            (Some("success,failure"), true, false),
            (Some("DELAY"), false, true),
            (Some("FAILURE,DELAY"), true, true),
        ];
        for (notify, failures, delays) in rows {
            let recipient = Recipient {
                notify: notify.map(str::to_owned),
                ..Recipient::new("bo@partner.example".parse().unwrap())
            };
            let pending = Pending::new(recipient);
            assert_eq!(pending.wants_failures(), failures, "{notify:?}");
            assert_eq!(pending.wants_delays(), delays, "{notify:?}");
        }
    }
}

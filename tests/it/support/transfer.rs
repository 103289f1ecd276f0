//! A transfer as `seal` hands it to the store, with a blob that holds anything.

use cloakroom::store::Store;
use cloakroom::transfer::keys::day_of;
use cloakroom::transfer::record::{BlobRecord, SealedTicket, SealedTransfer, State};
use cloakroom::transfer::{BlobId, LinkSecret, Record, Ticket, TransferId};

/// For Bo, behind a fresh link, ten days from `now` (Unix time) on. Not held yet; `blob` is.
pub fn sealed(store: &Store, blob: BlobId, plain_len: u64, now: i64) -> SealedTransfer {
    let (id, secret) = (TransferId::fresh(), LinkSecret::fresh());
    let expires = now + 10 * 86_400;
    let ticket = Ticket {
        recipients: vec!["bo@partner.example".into()],
        wrap: Some(vec![1; 118]),
        fetched: vec![0],
        ..Ticket::unused(secret.id(store.master()), day_of(expires), expires)
    };
    SealedTransfer {
        id,
        record: Record {
            id: id.to_string(),
            mail: "M".into(),
            created: now,
            expires,
            sender: "sven@house.example".into(),
            sender_name: None,
            state: State::Held,
            tickets: 1,
            blobs: vec![BlobRecord {
                id: blob,
                plain_len,
                number: 0,
            }],
            catalogue: vec![7; 300],
            sheet: Vec::new(),
            told: None,
        },
        tickets: vec![SealedTicket {
            recipients: vec![0],
            secret,
            files: vec![],
            ticket,
        }],
        notices: vec![],
        submission: None,
        sheet: None,
    }
}

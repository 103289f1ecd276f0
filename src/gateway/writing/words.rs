//! The words of a draft (subject, text, names of files) as they lie in its record: sealed under its own key.
//!
//! Leaves to others: what the words mean. Fails with `StoreDown` if the draft's day is over, or a word was changed.

use crate::fault::{Fault, Kind};
use crate::seal::whole::{self, Name, WaitingKeys};
use crate::store::Store;
use crate::transfer::keys::{Key, TransferKey, hkdf};
use crate::transfer::{Draft, cipher};

/// The key that everything of a draft is sealed under.
pub(super) fn key_of(store: &Store, draft: &Draft) -> Result<TransferKey, Fault> {
    let day = store.known_day_key(draft.day)?;
    let day = day.ok_or_else(|| Fault::because(Kind::StoreDown, "the day of a draft is over"))?;
    let keys = WaitingKeys {
        master: store.master(),
        day: &day,
    };
    whole::known_key(&draft.key, Name::Draft(&draft.id), &keys)
}

/// A few words in the record, under the draft's own key.
pub(super) fn seal_word(key: &TransferKey, place: &str, word: &str) -> Vec<u8> {
    cipher::seal(&words_key(key), place.as_bytes(), word.as_bytes())
}

pub(super) fn open_word(key: &TransferKey, place: &str, sealed: &[u8]) -> Result<String, Fault> {
    let word = cipher::open(&words_key(key), place.as_bytes(), sealed);
    let word = word.map_err(|e| Fault::because(Kind::StoreDown, e))?;
    String::from_utf8(word).map_err(|e| Fault::because(Kind::StoreDown, e))
}

fn words_key(key: &TransferKey) -> Key {
    hkdf(key.expose(), b"", b"cloakroom/draft-words/1")
}

pub(super) fn name_place(number: u32) -> String {
    format!("name/{number}")
}

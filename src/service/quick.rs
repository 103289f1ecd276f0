//! What an operator asks about devices that need no password: the answers behind `cloakroom quick`.
//!
//! Promises: no key and no token in any answer; a code is given once, and those whom it is about are told by mail. Fails with a sentence.

use super::control::Answer;
use crate::fault::Fault;
use crate::gateway::quick::Quick;
use crate::mail::Address;
use crate::store::Store;
use crate::transfer::quick::{Circle, CircleId, Pair, Rules};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A question about them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// The pairs behind this mark.
    List {
        /// Where the page before ended.
        after: Option<String>,
    },
    /// A code for a recipient.
    Code {
        /// Whose.
        recipient: Address,
    },
    /// Passwords again.
    End {
        /// Whose mails; `None`: everybody's, and every device goes.
        sender: Option<Address>,
        /// To whom.
        recipient: Address,
    },
}

/// A sender and a recipient as operators may see them. The keys are stable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownPair {
    /// Whose devices.
    pub recipient: String,
    /// Whose mails.
    pub sender: String,
    /// RFC 3339: when it was first offered.
    pub offered: String,
    /// RFC 3339; `None`: it was not.
    pub accepted: Option<String>,
    /// Devices that have the key in use.
    pub devices: usize,
    /// RFC 3339: when one of them was last used.
    pub used: Option<String>,
    /// The gateway keeps a key of it: before it is accepted, or by the operator's wish.
    pub kept: bool,
}

/// True if a mail is to be sent now.
pub fn answer(store: &Arc<Store>, question: &Question) -> (Answer, bool) {
    let (answered, wakes) = match question {
        Question::List { after } => (list(store, after.as_deref()), false),
        Question::Code { recipient } => (code(store, recipient), true),
        Question::End { sender, recipient } => (end(store, sender.as_ref(), recipient), true),
    };
    (answered.unwrap_or_else(Answer::Sorry), wakes)
}

fn list(store: &Store, after: Option<&str>) -> Result<Answer, String> {
    let after = after.map(mark).transpose()?;
    let circles = store.circles(after).map_err(said)?;
    let next = circles.last().map(|(id, _)| hex(id));
    let page = circles.iter().flat_map(|(_, circle)| {
        let pairs = circle.live();
        pairs.map(|pair| shown(circle, pair)).collect::<Vec<_>>()
    });
    Ok(Answer::Pairs {
        page: page.collect(),
        next,
    })
}

fn code(store: &Arc<Store>, recipient: &Address) -> Result<Answer, String> {
    let made = quick(store).operators_code(recipient, now());
    let (code, until) = made
        .map_err(said)?
        .ok_or_else(|| format!("nobody sends {recipient} anything that a device opens"))?;
    Ok(Answer::Code {
        code: code.shown(),
        until: time(until),
    })
}

fn end(
    store: &Arc<Store>,
    sender: Option<&Address>,
    recipient: &Address,
) -> Result<Answer, String> {
    let parted = match sender {
        Some(sender) => quick(store).part(sender, recipient, now()),
        None => quick(store).end(recipient, now()),
    };
    parted.map(Answer::Parted).map_err(said)
}

/// Neither a code nor an end depends on how long anything lasts.
fn quick(store: &Arc<Store>) -> Quick {
    Quick::new(store.clone(), Rules::default())
}

fn shown(circle: &Circle, pair: &Pair) -> ShownPair {
    let key = pair.in_use();
    let has = |name: &[u8; 32]| key.is_some_and(|key| key.has(name));
    let devices = circle.devices.iter().filter(|device| has(&device.name));
    let used = devices.clone().map(|device| device.used).max();
    ShownPair {
        recipient: circle.address.clone(),
        sender: pair.sender.clone(),
        offered: time(pair.since),
        accepted: (pair.accepted != 0).then(|| time(pair.accepted)),
        devices: devices.count(),
        used: used.map(time),
        kept: pair.keys.iter().any(|key| key.kept.is_some()),
    }
}

fn hex(id: &CircleId) -> String {
    id.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mark(text: &str) -> Result<CircleId, String> {
    let odd = || "no mark of ours".to_owned();
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    let bytes = bytes.filter(|_| rest.is_empty()).ok_or_else(odd)?;
    bytes.try_into().map(CircleId).map_err(|_| odd())
}

fn said(fault: Fault) -> String {
    fault.to_string()
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| "never".to_owned(), |at| at.to_string())
}

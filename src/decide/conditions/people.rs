//! `from`: who sent it; `to`: the recipient that is being decided about.

use super::{Condition, Ground, Readable, Side, any, every};
use crate::decide::facts::Facts;
use crate::decide::people::People;
use crate::decide::replay::{Glance, Place};
use crate::decide::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::Address;

#[derive(Debug)]
struct Sender {
    people: People,
    side: Side,
}

#[derive(Debug)]
struct Recipient(People);

pub(super) fn from(sheet: &mut Sheet<'_>, value: &Value<'_>, ground: &Ground<'_>) -> Readable {
    Some(Box::new(Sender {
        people: People::read(sheet, value, ground)?,
        side: ground.side,
    }))
}

pub(super) fn to(sheet: &mut Sheet<'_>, value: &Value<'_>, ground: &Ground<'_>) -> Readable {
    Some(Box::new(Recipient(People::read(sheet, value, ground)?)))
}

impl Condition for Sender {
    /// One of several senders is enough to protect, all are needed to exempt; the reason is in `decide::senders`.
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let claimed = &facts.senders.claimed;
        let found: Vec<&str> = claimed.iter().filter_map(|a| self.people.find(a)).collect();
        let all = facts.senders.settled && found.len() == claimed.len();
        let holds = self.side == Side::Protect || all;
        Ok(match found.first() {
            Some(pattern) if holds => Some(format!("from {pattern}")),
            _ => None,
        })
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let features = glance.features;
        let senders = features.senders.iter().map(|domain| {
            let salt = features.salt;
            self.people.guess(&Place { name: domain, salt })
        });
        match self.side {
            Side::Protect => any(senders),
            Side::Exempt if !features.settled || features.senders.is_empty() => Some(false),
            Side::Exempt => every(senders),
        }
    }
}

impl Condition for Recipient {
    fn matches(&self, _: &Facts<'_>, to: &Address) -> Result<Option<String>, Fault> {
        Ok(self.0.find(to).map(|pattern| format!("to {pattern}")))
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        self.0.guess(&glance.to)
    }
}

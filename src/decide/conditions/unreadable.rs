//! `unreadable`: something in the mail could not be looked into: encrypted, damaged, over a limit.

use super::{Condition, Ground, Readable, Side};
use crate::decide::facts::Facts;
use crate::decide::replay::Glance;
use crate::decide::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::Address;

#[derive(Debug)]
struct Is {
    wanted: bool,
    side: Side,
}

pub(super) fn unreadable(s: &mut Sheet<'_>, v: &Value<'_>, g: &Ground<'_>) -> Readable {
    let (wanted, side) = (s.boolean(v)?, g.side);
    Some(Box::new(Is { wanted, side }))
}

impl Condition for Is {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let found = facts.blind()?;
        let exempts = self.side == Side::Exempt;
        // "Unless it is unreadable" would free what nobody has seen.
        Ok(match (self.wanted, found) {
            (true, Some(why)) if !exempts => Some(why),
            (false, None) => Some("everything could be read".into()),
            _ => None,
        })
    }

    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let blind = glance.features.unclear || glance.features.unread?;
        Some(match self.wanted {
            true => blind && self.side == Side::Protect,
            false => !blind,
        })
    }
}

//! `attachments_over`, `largest_over`: of decoded files; `message_over`: of the mail as received.
//!
//! People compare with what their file browser shows, so files count decoded, not a third larger in base64. Where the
//! structure is in doubt a file may be hidden, and the size of the whole mail, an upper bound, counts for protection.

use super::{Condition, Ground, Readable, Side};
use crate::decide::facts::Facts;
use crate::decide::features::Features;
use crate::decide::replay::Glance;
use crate::decide::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::Address;
use crate::units::ByteSize;

#[derive(Debug)]
struct Over {
    what: &'static str,
    size: fn(&Facts<'_>) -> u64,
    kept: fn(&Features) -> u64,
    limit: u64,
    side: Side,
}

pub(super) fn attachments_over(s: &mut Sheet<'_>, v: &Value<'_>, g: &Ground<'_>) -> Readable {
    over(
        "attachments",
        (|facts| facts.attached(), |f| f.attached),
        s,
        v,
        g,
    )
}

pub(super) fn largest_over(s: &mut Sheet<'_>, v: &Value<'_>, g: &Ground<'_>) -> Readable {
    let largest = |facts: &Facts<'_>| {
        let sizes = facts.attachments().map(|f| f.part.decoded_len);
        sizes.max().unwrap_or(0)
    };
    over("largest file", (largest, |f| f.largest), s, v, g)
}

pub(super) fn message_over(s: &mut Sheet<'_>, v: &Value<'_>, g: &Ground<'_>) -> Readable {
    over("message", (|facts| facts.size, |f| f.size), s, v, g)
}

/// The size of a mail, and of what is remembered of one.
type Sizes = (fn(&Facts<'_>) -> u64, fn(&Features) -> u64);

fn over(
    what: &'static str,
    (size, kept): Sizes,
    sheet: &mut Sheet<'_>,
    value: &Value<'_>,
    ground: &Ground<'_>,
) -> Readable {
    Some(Box::new(Over {
        what,
        size,
        kept,
        limit: sheet.size(value)?,
        side: ground.side,
    }))
}

impl Condition for Over {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let (size, limit) = ((self.size)(facts), ByteSize(self.limit));
        if size > self.limit {
            let size = ByteSize(size).rough();
            return Ok(Some(format!("{} {size} > {limit}", self.what)));
        }
        let hidden = facts.unclear.is_some() && facts.size > self.limit;
        Ok((hidden && self.side == Side::Protect).then(|| {
            let size = ByteSize(facts.size).rough();
            format!("message {size} > {limit}, and its structure is in doubt")
        }))
    }
    fn guess(&self, glance: &Glance<'_>) -> Option<bool> {
        let features = glance.features;
        let hidden = features.unclear && features.size > self.limit && self.side == Side::Protect;
        Some((self.kept)(features) > self.limit || hidden)
    }
}

//! `headers`: fields of the mail's header by globs; of several names one is enough.
//!
//! Everybody can write a header. So fields that are for us cannot exempt, and to exempt, every field of a name must match.

use super::{Condition, Ground, Readable, Side};
use crate::decide::controls::FIELDS;
use crate::decide::facts::Facts;
use crate::decide::label::{HeaderGlobs, read_headers};
use crate::decide::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::Address;

#[derive(Debug)]
struct Headers {
    wanted: Vec<HeaderGlobs>,
    side: Side,
}

pub(super) fn headers(sheet: &mut Sheet<'_>, value: &Value<'_>, ground: &Ground<'_>) -> Readable {
    let wanted = read_headers(sheet, value);
    let side = ground.side;
    let ours = |h: &&HeaderGlobs| FIELDS.iter().any(|f| f.eq_ignore_ascii_case(&h.name));
    if let Some(field) = wanted.iter().find(ours).filter(|_| side == Side::Exempt) {
        sheet.wrong(
            value.span(),
            format!(
                "{} can only raise protection, not exempt from it",
                field.name
            ),
        );
    }
    Some(Box::new(Headers { wanted, side }))
}

impl Condition for Headers {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let fields = facts.header();
        Ok(self.wanted.iter().find_map(|wanted| match self.side {
            Side::Protect => wanted.on(fields),
            Side::Exempt => wanted.on_all(fields),
        }))
    }
}

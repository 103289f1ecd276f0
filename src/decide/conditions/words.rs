//! `text_any`, `subject_any`, `body_any`: words, phrases and regular expressions in what a reader sees.
//!
//! One is enough. `text_any` is about the subject, the text, forwarded mails and files. What cannot be read is no match: it has a rule
//! of its own (`scan.unreadable`).

use super::{Condition, Ground, Readable};
use crate::decide::facts::Facts;
use crate::decide::patterns::{Exposed, Named, Scope};
use crate::decide::sheet::{Sheet, Value};
use crate::decide::words;
use crate::fault::Fault;
use crate::mail::Address;

#[derive(Debug)]
struct Any {
    patterns: Vec<Named>,
    scopes: &'static [Scope],
}

pub(super) fn text_any(sheet: &mut Sheet<'_>, value: &Value<'_>, ground: &Ground<'_>) -> Readable {
    any(
        sheet,
        value,
        ground,
        &[Scope::Subject, Scope::Body, Scope::File],
    )
}

pub(super) fn subject_any(
    sheet: &mut Sheet<'_>,
    value: &Value<'_>,
    ground: &Ground<'_>,
) -> Readable {
    any(sheet, value, ground, &[Scope::Subject])
}

pub(super) fn body_any(sheet: &mut Sheet<'_>, value: &Value<'_>, ground: &Ground<'_>) -> Readable {
    any(sheet, value, ground, &[Scope::Body])
}

fn any(
    sheet: &mut Sheet<'_>,
    value: &Value<'_>,
    ground: &Ground<'_>,
    scopes: &'static [Scope],
) -> Readable {
    let patterns = words::read(
        sheet,
        value,
        ground.lists,
        ground.asks.borrow_mut().patterns(),
    )?;
    Some(Box::new(Any { patterns, scopes }))
}

impl Any {
    fn found<'c>(&'c self, facts: &'c Facts<'_>) -> impl Iterator<Item = Exposed> + 'c {
        let content = facts.content_if_asked().into_iter();
        let all = content.flat_map(|content| content.matches.all());
        let ours = all.filter(|(id, scope, _)| {
            let known = self.patterns.binary_search_by_key(id, |named| named.0);
            known.is_ok() && self.scopes.contains(scope)
        });
        ours.map(|(_, _, hits)| hits.exposed)
    }
}

impl Condition for Any {
    fn exposed(&self, facts: &Facts<'_>) -> Exposed {
        self.found(facts).fold(Exposed::default(), Exposed::or)
    }

    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let found = facts.content()?.matches.first(self.scopes, &self.patterns);
        Ok(found.map(|((_, written), hits)| match hits.count {
            1 => format!("\"{written}\" in {}", hits.place),
            count => format!("\"{written}\" in {} ({count} times)", hits.place),
        }))
    }
}

//! The sentence that says who wrote on our pages and how that is known: in the mail it became, on the page that reports it, to operators.

use super::{House, Texts, Value, format};
use crate::mail::visible::visible_line;
use crate::transfer::Arrival;

/// On one line, whatever its author is called.
pub fn written_by(texts: &Texts, house: &House, language: &str, arrival: &Arrival) -> String {
    let day = |at| format::long_date(language, at, &house.time_zone);
    let (key, proven) = match arrival.guest {
        true => ("written-by-address", arrival.proven),
        false => ("written-by-reply", None),
    };
    let host = house.portal_url.split("://").last().unwrap_or_default();
    let given = [
        ("address", Value::from(visible_line(&arrival.who))),
        ("date", Value::from(day(arrival.at))),
        ("host", Value::from(host.to_owned())),
        ("proven", Value::from(proven.map(day).unwrap_or_default())),
    ];
    texts.say(language, key, &given)
}

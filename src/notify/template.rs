//! Templates of a provider's call: text with `{{number}}`, `{{sender}}`, `{{text}}`, `{{id}}`, `{{token}}`, `{{coding}}` and
//! `{{report_url}}`, escaped where it lands.
//!
//! Read once, at load; an unknown placeholder is an error there.

use crate::client::escape;

/// A template, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Slot(Slot),
}

/// What can be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Id,
    Number,
    Sender,
    Text,
    Token,
    /// How a network writes the text: 0 for seven bits a character, 2 for UCS-2.
    Coding,
    /// Where it is said what became of the message.
    ReportUrl,
}

/// Where a value lands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A query or a form body: percent-encoded.
    Form,
    /// Inside the quotes of a JSON string.
    Json,
}

impl Template {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, behind) = after
                .split_once("}}")
                .ok_or("a `{{` has no `}}` behind it")?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Slot(Slot::named(name.trim())?));
            rest = behind;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Template(pieces))
    }

    pub(super) fn uses(&self, slot: Slot) -> bool {
        self.0.contains(&Piece::Slot(slot))
    }

    pub(super) fn fill<'a>(&self, place: Place, value: impl Fn(Slot) -> &'a str) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Slot(slot) => place.escaped(value(*slot)),
            })
            .collect()
    }
}

impl Slot {
    fn named(name: &str) -> Result<Self, String> {
        Ok(match name {
            "id" => Slot::Id,
            "number" => Slot::Number,
            "sender" => Slot::Sender,
            "text" => Slot::Text,
            "token" => Slot::Token,
            "coding" => Slot::Coding,
            "report_url" => Slot::ReportUrl,
            other => {
                return Err(format!(
                    "`{{{{{other}}}}}` is not known; there are id, number, sender, text, token, coding and report_url"
                ));
            }
        })
    }
}

impl Place {
    fn escaped(self, value: &str) -> String {
        match self {
            Place::Form => escape(value),
            Place::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str, place: Place) -> String {
        let template = Template::read(template).unwrap();
        template.fill(place, |slot| match slot {
            Slot::Number => "+4670",
            Slot::Text => "a \"b\"\n&c=d{{id}}",
            _ => "",
        })
    }

    #[test]
    fn values_cannot_leave_their_place() {
        assert_eq!(
            fill("to={{number}}&text={{ text }}", Place::Form),
            "to=%2B4670&text=a%20%22b%22%0A%26c%3Dd%7B%7Bid%7D%7D"
        );
        assert_eq!(
            fill(r#"{"t":"{{text}}"}"#, Place::Json),
            r#"{"t":"a \"b\"\n&c=d{{id}}"}"#
        );
    }

    #[test]
    fn mistakes_are_found_at_load() {
        assert!(Template::read("{{nummer}}").unwrap_err().contains("nummer"));
        assert!(Template::read("{{number").is_err());
        assert!(Template::read("{\"a\":{}}").is_ok());
    }
}

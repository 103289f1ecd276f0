//! The part of a waiting mail's page where its sender says how those get their password whom no way reaches.
//!
//! Promises: a form that leaves somebody out, or gives a number that no channel can use, changes nothing and comes back with the mistake beside
//! its field. Leaves to others: whose page it is and what follows ([`super::approve`], `gateway::approving`).

use crate::gateway::approving::Approving;
use crate::transfer::phone::Unfit;
use crate::transfer::{Given, Unreached};
use minijinja::{Value, context};

/// What one fieldset says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// `number`, `sender` or `link`.
    way: String,
    /// As it was typed.
    number: String,
    /// The text that says what is wrong.
    wrong: Option<&'static str>,
}

/// Longest telephone number that is looked at, in characters.
const LONGEST: usize = 40;

/// What was filled in, one row for each.
pub fn rows(fields: &[(String, String)], unreached: &[Unreached]) -> Vec<Row> {
    let field = |name: String| {
        let found = fields.iter().find(|(key, _)| *key == name);
        found.map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let row = |index: usize| Row {
        way: field(format!("way{index}")),
        number: field(format!("number{index}"))
            .chars()
            .take(LONGEST)
            .collect(),
        wrong: None,
    };
    (0..unreached.len()).map(row).collect()
}

/// What is known before anybody has filled in something.
pub fn said(unreached: &[Unreached]) -> Vec<Row> {
    let row = |u: &Unreached| {
        let (way, number) = match &u.given {
            None => ("", ""),
            Some(Given::Number(number)) => ("number", number.as_str()),
            Some(Given::Sender) => ("sender", ""),
            Some(Given::Link) => ("link", ""),
        };
        Row {
            way: way.to_owned(),
            number: number.to_owned(),
            wrong: None,
        }
    };
    unreached.iter().map(row).collect()
}

/// What the rows say, if all of them say something that can be done; else they bear what is wrong.
pub fn read(
    line: &Approving,
    unreached: &[Unreached],
    mut rows: Vec<Row>,
) -> Result<Vec<Given>, Vec<Row>> {
    let pairs = rows.iter_mut().zip(unreached);
    let given: Vec<Option<Given>> = pairs.map(|(row, u)| row.read(line, u)).collect();
    given.into_iter().collect::<Option<Vec<_>>>().ok_or(rows)
}

impl Row {
    fn read(&mut self, line: &Approving, unreached: &Unreached) -> Option<Given> {
        match self.way.as_str() {
            "number" if !unreached.by_phone.is_empty() => {
                match line.dial(&self.number, unreached) {
                    Ok(number) => return Some(Given::Number(number)),
                    Err(Unfit::NoCountry) => self.wrong = Some("unreached-no-country"),
                    Err(Unfit::NoNumber) => self.wrong = Some("unreached-no-number"),
                    Err(Unfit::WrongKind) => self.wrong = Some("unreached-wrong-kind"),
                }
            }
            "sender" if unreached.by_sender => return Some(Given::Sender),
            "link" if unreached.by_link => return Some(Given::Link),
            _ => self.wrong = Some("unreached-choose"),
        }
        None
    }

    /// True if something has to be mended.
    pub fn is_wrong(&self) -> bool {
        self.wrong.is_some()
    }

    /// For the page.
    pub fn shown(&self, unreached: &Unreached) -> Value {
        context! {
            recipient => unreached.recipient.to_string(),
            by_phone => !unreached.by_phone.is_empty(),
            by_sender => unreached.by_sender,
            by_link => unreached.by_link,
            way => self.way.clone(),
            number => self.number.clone(),
            wrong => self.wrong,
        }
    }
}

//! `network`: where the mail came from; `login`: who signed in to send it.
//!
//! A client whose address or login is not known matches neither: for a rule about outside networks write the inside ones
//! into `unless`.

use super::{Condition, Ground, Readable};
use crate::decide::facts::Facts;
use crate::decide::globs::Globs;
use crate::decide::sheet::{Sheet, Value};
use crate::fault::Fault;
use crate::mail::Address;
use crate::mail::network::Network;

#[derive(Debug)]
struct Networks(Vec<(String, Network)>);

#[derive(Debug)]
struct Login(Globs);

pub(super) fn network(sheet: &mut Sheet<'_>, value: &Value<'_>, _: &Ground<'_>) -> Readable {
    let mut networks = Vec::new();
    for (word, span) in sheet.strings(value)? {
        match word.parse() {
            Ok(network) => networks.push((word, network)),
            Err(_) => sheet.wrong_but(
                span,
                format!("\"{word}\" is no network"),
                "write 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32, with no bits behind the prefix",
            ),
        }
    }
    Some(Box::new(Networks(networks)))
}

pub(super) fn login(sheet: &mut Sheet<'_>, value: &Value<'_>, _: &Ground<'_>) -> Readable {
    Some(Box::new(Login(Globs::read(sheet, value)?)))
}

impl Condition for Networks {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let Some(client) = facts.mail.envelope.client.address else {
            return Ok(None);
        };
        let found = self.0.iter().find(|(_, network)| network.contains(client));
        Ok(found.map(|(word, _)| format!("from network {word}")))
    }
}

impl Condition for Login {
    fn matches(&self, facts: &Facts<'_>, _: &Address) -> Result<Option<String>, Fault> {
        let login = facts.mail.envelope.client.login.as_deref();
        let found = login.and_then(|login| self.0.find(login));
        Ok(found.map(|glob| format!("login {glob}")))
    }
}

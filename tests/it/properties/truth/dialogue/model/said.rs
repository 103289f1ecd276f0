//! What was said of a mail, and what arrived.

use super::Model;
use crate::properties::truth::grammar::{self, Path};
use cloakroom::mail::Variant;

/// What was said of a mail.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    pub from: Said,
    /// One for each positive reply, doubles included.
    pub to: Vec<Said>,
    pub body: Body,
    /// As what its client is known to it; `None` if somebody else has told that.
    pub client: Option<String>,
}

/// What came of a mail by BDAT (RFC 3030).
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Body {
    /// Nothing yet.
    #[default]
    Awaited,
    /// As they came.
    Chunks(Vec<u8>),
    /// A chunk was refused: nothing helps any more but RSET, or the last chunk.
    Refused,
}

/// An address and its parameters; the standard leaves open what becomes of one that is `odd`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    pub address: String,
    pub parameters: Vec<(String, String)>,
    pub odd: bool,
}

impl Model {
    /// What arrived is what was sent, in the same order, and nothing else.
    pub fn compare(&self, arrived: &[(Variant, String)]) {
        let mut arrived = arrived.iter();
        let mut odd_left = self.mails.len() - arrived.len().min(self.mails.len());
        assert!(arrived.len() <= self.mails.len(), "a mail that nobody sent");
        for (mail, content) in &self.mails {
            let Some((variant, client)) = arrived.clone().next() else {
                assert!(mail.is_odd(), "a mail did not arrive: {mail:?}");
                continue;
            };
            let bytes = variant.content().to_vec().expect("memory can be read");
            if mail.is_odd() && odd_left > 0 && bytes != *content {
                odd_left -= 1;
                continue;
            }
            assert_eq!(bytes, *content, "other bytes than were sent");
            mail.compare(variant, client);
            arrived.next();
        }
        assert!(arrived.next().is_none(), "a mail that nobody sent");
    }
}
impl Mail {
    fn is_odd(&self) -> bool {
        self.from.odd || self.to.iter().any(|to| to.odd)
    }

    fn compare(&self, variant: &Variant, client: &str) {
        let known = self.client.as_deref().filter(|_| !self.from.odd);
        assert_eq!(client, known.unwrap_or(client), "as whom it came");
        let sender = variant.sender().map_or(String::new(), |s| s.to_string());
        assert!(
            self.from.odd || sender == self.from.address,
            "{sender}: {self:?}"
        );
        let options = variant.options();
        let seen = [
            options.eight_bit.then(|| ("BODY", "8BITMIME".to_owned())),
            options.utf8.then(|| ("SMTPUTF8", String::new())),
            options.ret.clone().map(|ret| ("RET", ret)),
            options.envid.clone().map(|envid| ("ENVID", envid)),
            options.require_tls.then(|| ("REQUIRETLS", String::new())),
        ];
        if !self.from.odd {
            let wanted = self.from.of("REQUIRETLS").is_some();
            assert_eq!(
                options.require_tls, wanted,
                "it must not leave in the clear"
            );
            for (name, value) in seen.into_iter().flatten() {
                assert_eq!(self.from.of(name), Some(value.as_str()), "{name}");
            }
        }
        let mut wanted: Vec<&Said> = Vec::new();
        for to in &self.to {
            if !wanted
                .iter()
                .any(|known| known.address == to.address && !to.odd)
            {
                wanted.push(to);
            }
        }
        let got = variant.recipients();
        if wanted.iter().any(|to| to.odd) {
            assert!(got.len() <= wanted.len(), "a recipient nobody named");
            return;
        }
        let got: Vec<String> = got.iter().map(|r| r.address.to_string()).collect();
        let wanted: Vec<&String> = wanted.iter().map(|to| &to.address).collect();
        assert!(got.iter().eq(wanted), "{got:?}: {self:?}");
    }
}

impl Said {
    pub fn read(rest: &str, word: &str, parameters: &[grammar::Parameter]) -> (Said, Path) {
        let (path, address, parameters) = grammar::path(rest, word, parameters);
        let said = Said {
            address,
            parameters,
            odd: path == Path::Odd,
        };
        (said, path)
    }

    pub fn of(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn local(&self) -> &str {
        self.address.split('@').next().unwrap_or_default()
    }
}

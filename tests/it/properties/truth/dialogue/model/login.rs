//! AUTH inside TLS (RFC 4954), where the next hop says which password is right: `smtp_double` does.

use super::{Close, Model};
use crate::properties::truth::grammar::login::{self, Mechanism};

/// Refused logins, until the server hangs up.
pub const MOST: u32 = 3;

/// What was said so far, decoded.
pub struct Exchange {
    mechanism: Mechanism,
    said: Vec<Vec<u8>>,
}

impl Model {
    pub(super) fn may_sign_in(&self) -> bool {
        self.settings.logins && self.tls && !self.lmtp
    }

    /// A port for people asks everybody, others whom they do not know.
    pub(super) fn must_sign_in(&self) -> bool {
        let asked = self.settings.implicit_tls || !self.is_known();
        self.settings.logins && asked && self.user.is_none()
    }

    pub(super) fn auth(&mut self, rest: &str) {
        let Some((mechanism, initial)) = login::auth(rest) else {
            return self.expect(&[5], Close::May);
        };
        if !self.settings.logins || self.lmtp {
            return self.expect(&[5], Close::May);
        }
        let fits = self.tls && self.mail.is_none() && self.is_extended() && self.user.is_none();
        let Some(mechanism) = mechanism.filter(|_| fits) else {
            return self.expect(&[5], Close::Never);
        };
        let exchange = Exchange {
            mechanism,
            said: Vec::new(),
        };
        match initial {
            Some(initial) => self.said(exchange, initial.as_bytes()),
            None => self.asks(exchange),
        }
    }

    /// A line of the client, which was asked.
    pub(super) fn response(&mut self, exchange: Exchange, line: &[u8]) {
        if !self.input.is_empty() && self.sees_the_next() {
            return self.expect(&[5], Close::Must);
        }
        match line {
            b"*" => self.expect(&[5], Close::Never),
            line => self.said(exchange, line),
        }
    }

    fn asks(&mut self, exchange: Exchange) {
        self.expect(&[3], Close::Never);
        self.login = Some(exchange);
    }

    fn said(&mut self, mut exchange: Exchange, text: &[u8]) {
        let Some(decoded) = login::decoded(text) else {
            return self.refuses();
        };
        exchange.said.push(decoded);
        if exchange.mechanism == Mechanism::Login && exchange.said.len() == 1 {
            return self.asks(exchange);
        }
        match login::user(exchange.mechanism, &exchange.said) {
            // It says nothing about the password, so it does not count.
            Some((user, _)) if user == "down" || user == "busy" => self.expect(&[4], Close::Never),
            Some((user, password)) if password == b"secret" => {
                self.expect(&[2], Close::Never);
                self.user = Some(user);
            }
            _ => self.refuses(),
        }
    }

    fn refuses(&mut self) {
        self.refused += 1;
        self.expect(&[5], Close::Never);
        if self.refused >= MOST {
            self.expect(&[4], Close::Must);
        }
    }
}

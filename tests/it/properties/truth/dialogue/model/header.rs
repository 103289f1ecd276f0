//! Who the client is: by its connection, or by what a load balancer says in front of everything else; and as what it is known to a mail.

use super::{Close, Model};
use crate::properties::truth::grammar::header::{Header, header};
use std::net::IpAddr;

impl Model {
    /// What the balancer has said so far. `silent`: nothing more, and it may be gone.
    pub(super) fn header(&mut self, silent: bool) {
        match header(&self.input) {
            Header::Open => assert!(silent || !self.server_closed, "it does not wait"),
            Header::Broken => self.closes_without_a_word(),
            Header::Odd(_) if self.server_closed => self.closes_without_a_word(),
            Header::Odd(len) => self.comes(len, self.client),
            Header::Whole(len, client) => {
                let client = client.map_or(self.client, |client| client.to_canonical());
                self.comes(len, client);
            }
        }
    }

    fn closes_without_a_word(&mut self) {
        assert!(self.replies.is_empty(), "it speaks: {:?}", self.replies);
        assert!(self.server_closed, "it goes on");
        self.closed = true;
    }

    fn comes(&mut self, len: usize, client: IpAddr) {
        self.input.drain(..len);
        (self.announces, self.client) = (false, client);
        let may_come = self.settings.logins || self.is_known();
        match (may_come, self.tls) {
            (true, false) if !self.input.is_empty() => self.closes_without_a_word(),
            (true, _) => self.greeting(),
            (false, false) => self.expect(&[5], Close::Must),
            // It could not be read.
            (false, true) => self.closes_without_a_word(),
        }
    }

    /// It may send without a login, as `door` says.
    pub(super) fn is_known(&self) -> bool {
        match self.client {
            here if here.is_loopback() => !self.settings.strange,
            IpAddr::V4(client) => client.octets()[..3] == [192, 0, 2],
            IpAddr::V6(client) => client.segments()[..2] == [0x2001, 0xdb8],
        }
    }

    /// What is known of the client to the mail that begins, as the double writes it (RFC 3848, RFC 6531 section 4.3). `None` if
    /// XFORWARD has told something else.
    pub(super) fn introduced(&self, utf8: bool) -> Option<String> {
        let hello = self.hello.as_ref().filter(|_| !self.told)?;
        let protocol = match (self.lmtp, utf8) {
            (true, false) => "LMTP",
            (true, true) => "UTF8LMTP",
            (false, true) => "UTF8SMTP",
            (false, false) if hello.extended => "ESMTP",
            (false, false) => "SMTP",
        };
        let secure = if self.tls && hello.extended { "S" } else { "" };
        let (authenticated, login) = match &self.user {
            Some(user) => ("A", format!(" {user}")),
            None => ("", String::new()),
        };
        let (client, helo) = (self.client, &hello.name);
        // Who has signed in has said EHLO inside TLS.
        let protocol = match (&self.user, protocol) {
            (Some(_), "SMTP") => "ESMTPS",
            _ => &format!("{protocol}{secure}"),
        };
        Some(format!(
            "{client} - {helo} {protocol}{authenticated}{login}"
        ))
    }
}

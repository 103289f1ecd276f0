//! What MAIL says becomes an envelope: who sends, from where, in which protocol, with which wishes.
//!
//! Promises: asks nobody; a parameter that this client was not offered is refused. Fails by the reply that the client hears.

use super::{Hello, Session, address};
use crate::doors::smtp::{Protocol, replies};
use crate::fault::{Kind, Reply};
use crate::mail::envelope::MailOptions;
use crate::mail::{Envelope, envelope};
use crate::wire::smtp::{MailFrom, Malformed};
use crate::wire::xforward;

impl Session<'_> {
    /// Checks MAIL, without asking anybody.
    pub(super) fn envelope(&self, mail: MailFrom) -> Result<Envelope, Reply> {
        let hello = self
            .hello
            .as_ref()
            .ok_or_else(|| match self.door.protocol {
                Protocol::Smtp => replies::order("Say EHLO first"),
                Protocol::Lmtp => replies::order("Say LHLO first"),
            })?;
        if self.in_mail() {
            return Err(replies::order("One mail at a time"));
        }
        if self.sign_in.user().is_none() && self.door.wants_login(self.peer.address) {
            return Err(Reply::new(530, (5, 7, 0), "Sign in first"));
        }
        if (mail.extended && !hello.extended) || (mail.auth && !self.may_sign_in()) {
            return Err(replies::malformed(Malformed::UnknownParameter).0);
        }
        // What is said in the clear cannot ask for TLS (RFC 8689 section 4.1).
        if mail.require_tls && !self.tls {
            return Err(replies::malformed(Malformed::UnknownParameter).0);
        }
        if mail
            .size
            .is_some_and(|size| size > self.door.line.max_message())
        {
            return Err(Reply::from(&Kind::TooBig));
        }
        let sender = match mail.path.as_str() {
            "" => None,
            path => Some(address(path, mail.utf8, 7)?),
        };
        Ok(Envelope {
            sender,
            recipients: Vec::new(),
            client: self.client(hello, mail.utf8),
            options: MailOptions {
                eight_bit: mail.eight_bit,
                utf8: mail.utf8,
                ret: mail.ret,
                envid: mail.envid,
                size: mail.size,
                require_tls: mail.require_tls,
            },
        })
    }

    fn client(&self, hello: &Hello, utf8: bool) -> envelope::Client {
        let told = |name| {
            self.xforward
                .iter()
                .find(|a| a.name == name)
                .map(|a| a.value.as_deref())
        };
        envelope::Client {
            // Told "unavailable", it has none: the peer's own would let policy believe that the peer wrote the mail.
            address: match told("ADDR") {
                Some(value) => value.and_then(xforward::address),
                None => Some(self.peer.address),
            },
            name: told("NAME").flatten().map(str::to_owned),
            helo: told("HELO").flatten().unwrap_or(&hello.name).to_owned(),
            login: self.sign_in.user().map(str::to_owned),
            protocol: self.spoken(hello, utf8),
            xforward: self
                .xforward
                .iter()
                .map(|a| (a.name.to_owned(), a.written.clone()))
                .collect(),
        }
    }

    /// RFC 3848 and RFC 6531 section 4.3.
    fn spoken(&self, hello: &Hello, utf8: bool) -> &'static str {
        if self.sign_in.user().is_some() {
            // There is no login without EHLO and TLS.
            return if utf8 { "UTF8SMTPSA" } else { "ESMTPSA" };
        }
        match (self.door.protocol, hello.extended, utf8, self.tls) {
            (Protocol::Lmtp, _, false, false) => "LMTP",
            (Protocol::Lmtp, _, false, true) => "LMTPS",
            (Protocol::Lmtp, _, true, false) => "UTF8LMTP",
            (Protocol::Lmtp, _, true, true) => "UTF8LMTPS",
            (Protocol::Smtp, false, _, _) => "SMTP",
            (Protocol::Smtp, true, false, false) => "ESMTP",
            (Protocol::Smtp, true, false, true) => "ESMTPS",
            (Protocol::Smtp, true, true, false) => "UTF8SMTP",
            (Protocol::Smtp, true, true, true) => "UTF8SMTPS",
        }
    }
}

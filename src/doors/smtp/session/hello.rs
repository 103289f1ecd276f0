//! How a session begins: EHLO and what is offered, STARTTLS, and the login of a person.
//!
//! Promises: what is offered is what will be taken at that moment; no password is asked for in the clear. Leaves to others: whether a
//! password is right (`login`, the next hop).

use super::{Hello, Next, Session, Step};
use crate::doors::smtp::{Protocol, listed, replies};
use crate::fault::Reply;
use crate::wire::smtp::{Auth, Malformed};
use crate::wire::xforward;

impl Session<'_> {
    pub(super) async fn hello(
        &mut self,
        protocol: Protocol,
        name: String,
        extended: bool,
    ) -> Reply {
        if protocol != self.door.protocol {
            let text = match self.door.protocol {
                Protocol::Smtp => "Say EHLO here",
                Protocol::Lmtp => "Say LHLO here",
            };
            return Reply::new(500, (5, 5, 1), text);
        }
        self.rset().await;
        let mut lines = vec![format!("{} greets {name}", self.door.line.hostname())];
        if extended {
            if self.may_sign_in() {
                let outlet = self.outlet.get_or_insert_with(|| self.door.line.outlet());
                self.sign_in.ask(&mut **outlet).await;
            }
            lines.extend(self.extensions());
        }
        self.hello = Some(Hello { name, extended });
        replies::bare(250, lines)
    }

    fn extensions(&self) -> Vec<String> {
        let mut lines = vec![
            "PIPELINING".to_owned(),
            format!("SIZE {}", self.door.line.max_message()),
            "8BITMIME".to_owned(),
            "SMTPUTF8".to_owned(),
            "ENHANCEDSTATUSCODES".to_owned(),
            "DSN".to_owned(),
        ];
        if self.door.chunking {
            lines.push("CHUNKING".to_owned());
        }
        if self.tls {
            lines.push("REQUIRETLS".to_owned());
        }
        if self.offers_tls() {
            lines.push("STARTTLS".to_owned());
        }
        lines.extend(self.sign_in.offer());
        if listed(&self.door.xforward_from, self.peer.address) {
            lines.push(format!("XFORWARD {}", xforward::NAMES.join(" ")));
        }
        lines
    }

    fn offers_tls(&self) -> bool {
        self.door.tls.is_some() && !self.tls
    }

    pub(super) fn start_tls(&mut self) -> Step {
        let reply = match self.hello {
            _ if !self.offers_tls() => replies::order("STARTTLS is not offered"),
            None => replies::order("Say EHLO first"),
            Some(_) if self.in_mail() => replies::order("Not inside a mail"),
            Some(_) => return (Reply::new(220, (2, 0, 0), "Go ahead"), Next::StartTls),
        };
        (reply, Next::Go)
    }

    /// In the clear anybody on the way would read the password.
    pub(super) fn may_sign_in(&self) -> bool {
        self.door.logins && self.tls && self.door.protocol == Protocol::Smtp
    }

    pub(super) async fn auth(&mut self, auth: Auth) -> Step {
        if !self.door.logins || self.door.protocol == Protocol::Lmtp {
            return self.junk(Malformed::NotOffered);
        }
        if !self.tls {
            let reply = Reply::new(538, (5, 7, 11), "Not without TLS: say STARTTLS first");
            return (reply, Next::Go);
        }
        if self.in_mail() {
            return (replies::order("Not inside a mail"), Next::Go);
        }
        let extended = self.hello.as_ref().is_some_and(|hello| hello.extended);
        match &mut self.outlet {
            Some(outlet) if extended => {
                let (outlet, limits) = (&mut **outlet, &self.door.limits);
                self.sign_in
                    .auth(auth, outlet, limits, self.peer.address)
                    .await
            }
            _ => (replies::order("Say EHLO first"), Next::Go),
        }
    }

    /// What the client says when it was asked in a login.
    pub(in crate::doors::smtp) async fn response(
        &mut self,
        line: Result<&[u8], Malformed>,
    ) -> Step {
        match (line, &mut self.outlet) {
            (Ok(line), Some(outlet)) => {
                let (outlet, limits) = (&mut **outlet, &self.door.limits);
                self.sign_in
                    .response(line, outlet, limits, self.peer.address)
                    .await
            }
            (Err(Malformed::EndlessLine), _) => (replies::long_response(), Next::HangUp),
            (Err(why), _) => self.junk(why),
            (Ok(_), None) => (replies::broken(), Next::HangUp),
        }
    }
}

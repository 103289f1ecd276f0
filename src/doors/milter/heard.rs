//! What a mail server has said of its client and of the mail under way.
//!
//! Promises: a packet that stands where it cannot is [`Trouble::Order`]; nothing is answered here. What one client said says nothing about
//! the next one on the same connection.

use super::incoming::Incoming;
use super::talk::Trouble;
use super::{MilterDoor, Mode};
use crate::mail::envelope::Client;
use crate::wire::milter::{Command, Offer};
use std::net::IpAddr;

/// What the server has said of its client and the mail under way.
#[derive(Default)]
pub(super) struct Heard {
    client: From,
    /// The mail under way.
    pub(super) mail: Option<Box<Incoming>>,
}

/// Whose turn it is then.
pub(super) enum Turn {
    /// Ours, unless it was agreed that we say nothing to this.
    Answer,
    /// The server's.
    Silence,
    /// Ours: the mail is complete.
    End,
    /// Ours: what we want of this offer.
    Negotiate(Offer),
    /// Nobody's.
    HangUp,
}

/// Who speaks with the server.
#[derive(Debug, Default)]
struct From {
    address: Option<IpAddr>,
    name: Option<String>,
    helo: String,
    login: Option<String>,
    is_tls: bool,
}

impl Heard {
    /// One packet.
    pub(super) fn hear(
        &mut self,
        said: Command<'_>,
        door: &MilterDoor,
        spaced: bool,
    ) -> Result<Turn, Trouble> {
        let line = &*door.line;
        match said {
            Command::Abort => self.mail = None,
            Command::QuitForNext => *self = Heard::default(),
            Command::Macros(_, pairs) => self.client.learn(&pairs),
            Command::Quit => return Ok(Turn::HangUp),
            Command::Body(bytes) => {
                self.mail()?.body(line, bytes);
                return Ok(Turn::Answer);
            }
            Command::EndOfMail(bytes) => {
                self.mail()?.body(line, bytes);
                return Ok(Turn::End);
            }
            Command::EndOfHeader => {
                self.mail()?.end_of_header(line)?;
                return Ok(Turn::Answer);
            }
            Command::Header { name, value } => {
                self.mail()?.field(line, name, value, spaced)?;
                return Ok(Turn::Answer);
            }
            said => {
                self.envelope(said, door)?;
                return Ok(Turn::Answer);
            }
        }
        Ok(Turn::Silence)
    }

    /// What comes before the header.
    fn envelope(&mut self, said: Command<'_>, door: &MilterDoor) -> Result<(), Trouble> {
        match said {
            Command::Connect { name, address } => self.client = From::at(name, address),
            Command::Helo(name) => self.client.helo = name.to_owned(),
            // The one before was given up: Sendmail says nothing of an RSET before the content.
            Command::Mail(words) => {
                let looks = door.mode == Mode::Look;
                let mail = Incoming::new(&words, self.client.known(), looks);
                self.mail = Some(Box::new(mail));
            }
            Command::Recipient(words) => {
                self.mail()?.recipient(&words, door.limits.recipients)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn mail(&mut self) -> Result<&mut Incoming, Trouble> {
        self.mail.as_deref_mut().ok_or(Trouble::Order)
    }
}

impl From {
    /// A client that has just connected to the server.
    fn at(name: &str, address: Option<(IpAddr, u16)>) -> Self {
        let is_name = !name.starts_with('[') && name != "unknown";
        From {
            address: address.map(|(address, _)| address),
            name: is_name.then(|| name.to_owned()),
            ..From::default()
        }
    }

    /// Sendmail and Postfix name their macros alike; those of more than one letter stand in braces.
    fn learn(&mut self, macros: &[(&str, &str)]) {
        for (name, value) in macros.iter().filter(|(_, value)| !value.is_empty()) {
            match *name {
                "{auth_authen}" => self.login = Some((*value).to_owned()),
                "{tls_version}" => self.is_tls = true,
                _ => {}
            }
        }
    }

    /// As a rule and the next hop see it.
    fn known(&self) -> Client {
        Client {
            address: self.address,
            name: self.name.clone(),
            helo: self.helo.clone(),
            login: self.login.clone(),
            protocol: match (self.is_tls, &self.login) {
                (true, Some(_)) => "ESMTPSA",
                (false, Some(_)) => "ESMTPA",
                (true, None) => "ESMTPS",
                (false, None) => "ESMTP",
            },
            xforward: Vec::new(),
        }
    }
}

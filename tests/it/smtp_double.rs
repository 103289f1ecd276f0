//! A line and a next hop for the SMTP door, in memory. What they do depends on the address:
//!
//! | sender, before the `@` | |
//! | --- | --- |
//! | `down` | the next hop cannot be reached |
//! | `panic` | a step of the line panics |
//! | `secret` | policy refuses |
//!
//! | recipient | at RCPT | after the dot |
//! | --- | --- | --- |
//! | `refused` | 550 | |
//! | `busy` | 450 | |
//! | `bye` | 421 | |
//! | `later` | 250 | 452 |
//! | `never` | 250 | 554 |
//! | `lost` | 250 | no answer |
//! | anything else | 250 | 250 |
//!
//! Logins: PLAIN and LOGIN, unless it says something else; the password or token is `secret`, for anybody. For the user `down` the next hop cannot be reached, `busy` hears 454.

use cloakroom::Pending;
use cloakroom::doors::Line;
use cloakroom::fault::{Fault, Kind, Reply};
use cloakroom::forward::{Outlet, unhurried};
use cloakroom::mail::{Content, Envelope, Intake, Lane, Received, Recipient, Segment, Variant};
use cloakroom::transfer::proof::{Accepted, Answer, Outcome};
use cloakroom::wire::sasl::{Credentials, Mechanism};
use encodify::base64::STANDARD;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What arrived at the next hop.
#[derive(Default, Clone)]
pub struct Arrived(Arc<Mutex<Vec<(Variant, String)>>>);

impl Arrived {
    /// All of it, each with its client as `address name helo protocol login`.
    pub fn all(&self) -> Vec<(Variant, String)> {
        self.0.lock().expect("not poisoned").clone()
    }
}

pub struct DoubleLine {
    pub arrived: Arrived,
    pub max_message: u64,
    pub folder: tempfile::TempDir,
    pub logins: Vec<Mechanism>,
}

impl DoubleLine {
    pub fn new(max_message: u64) -> Self {
        DoubleLine {
            arrived: Arrived::default(),
            max_message,
            folder: tempfile::tempdir().expect("a folder"),
            logins: vec![Mechanism::Login, Mechanism::Plain],
        }
    }
}

impl Line for DoubleLine {
    fn intake(&self, _: &Envelope) -> Intake {
        Intake::new(self.folder.path())
    }

    fn outlet(&self) -> Box<dyn Outlet> {
        Box::new(DoubleOutlet {
            arrived: self.arrived.clone(),
            client: String::new(),
            logins: self.logins.clone(),
        })
    }

    fn send<'a>(
        &'a self,
        received: Received,
        outlet: &'a mut dyn Outlet,
    ) -> Pending<'a, Result<Outcome, Fault>> {
        Box::pin(async move {
            let envelope = received.envelope;
            match envelope.sender.as_ref().map(|s| s.local()) {
                Some("panic") => panic!("a step went wrong"),
                Some("secret") => {
                    return Err(Fault::new(Kind::PolicyRefused("Not by mail".into())));
                }
                _ => {}
            }
            let all = Segment::Kept(0..received.spool.len());
            let variant = Variant::assertion(
                Lane::Ordinary,
                envelope.sender,
                envelope.recipients,
                envelope.options,
                Content::of(received.spool, vec![all]),
            );
            Ok(outlet.hand_over(vec![variant], unhurried()).await)
        })
    }

    fn max_message(&self) -> u64 {
        self.max_message
    }

    fn hostname(&self) -> &str {
        "gate.example"
    }
}

struct DoubleOutlet {
    arrived: Arrived,
    client: String,
    logins: Vec<Mechanism>,
}

impl Outlet for DoubleOutlet {
    fn begin<'a>(&'a mut self, envelope: &'a Envelope) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            let client = &envelope.client;
            self.client = format!(
                "{} {} {} {}",
                client.address.map_or("-".into(), |a| a.to_string()),
                client.name.as_deref().unwrap_or("-"),
                client.helo,
                client.protocol
            );
            if let Some(login) = &client.login {
                self.client += &format!(" {login}");
            }
            match envelope.sender.as_ref().map(|s| s.local()) {
                Some("down") => Err(Fault::new(Kind::NextHopDown)),
                _ => Ok(()),
            }
        })
    }

    fn vet<'a>(&'a mut self, recipient: &'a Recipient) -> Pending<'a, Result<Reply, Fault>> {
        Box::pin(async move {
            Ok(match recipient.address.local() {
                "refused" => Reply::new(550, (5, 1, 1), "No such user here"),
                "busy" => Reply::new(450, (4, 2, 1), "Busy"),
                "bye" => Reply::new(421, (4, 3, 2), "Going down"),
                _ => Reply::new(250, (2, 1, 5), "Noted"),
            })
        })
    }

    fn hand_over<'a>(
        &'a mut self,
        variants: Vec<Variant>,
        _until: Instant,
    ) -> Pending<'a, Outcome> {
        Box::pin(async move {
            let mut outcome = Outcome::default();
            for variant in variants {
                for recipient in variant.recipients() {
                    let answer = answer(recipient.address.local());
                    outcome.answers.push((recipient.address.clone(), answer));
                }
                let mut arrived = self.arrived.0.lock().expect("not poisoned");
                arrived.push((variant, self.client.clone()));
            }
            outcome
        })
    }

    fn reset<'a>(&'a mut self) -> Pending<'a, ()> {
        Box::pin(async {})
    }

    fn logins<'a>(&'a mut self) -> Pending<'a, Result<Vec<Mechanism>, Fault>> {
        Box::pin(async { Ok(self.logins.clone()) })
    }

    fn sign_in<'a>(&'a mut self, credentials: Credentials) -> Pending<'a, Result<Reply, Fault>> {
        let verdict = match credentials.user.as_str() {
            "down" => Err(Fault::new(Kind::NextHopDown)),
            "busy" => Ok(Reply::new(454, (4, 7, 0), "Not now")),
            _ if is_right(&credentials) => Ok(Reply::new(235, (2, 7, 0), "You are known")),
            _ => Ok(Reply::new(535, (5, 7, 8), "You are not")),
        };
        Box::pin(async { verdict })
    }
}

fn is_right(credentials: &Credentials) -> bool {
    let last = credentials.said.last().expect("a response").text();
    let last = STANDARD.decode(last.as_bytes()).expect("base64");
    let secret: &[u8] = match credentials.mechanism {
        Mechanism::Plain => b"\0secret",
        Mechanism::Login => return last == b"secret",
        Mechanism::XOauth2 => b" secret\x01\x01",
    };
    last.ends_with(secret)
}

fn answer(local: &str) -> Answer {
    match local {
        "later" => Answer::Deferred(Reply::new(452, (4, 2, 2), "Mailbox full")),
        "never" => Answer::Refused(Reply::new(554, (5, 7, 1), "Spam")),
        "lost" => Answer::Unknown,
        _ => Answer::Accepted(Accepted::assertion(Reply::new(
            250,
            (2, 0, 0),
            "Queued there",
        ))),
    }
}

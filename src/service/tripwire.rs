//! The watcher of the tripwire (`gateway::tripwire`) as a service: key, socket, milter door, until it is told to stop.
//!
//! Promises: nothing is answered before the key is read; a stop lets mails in progress end. It opens no store and needs nothing of a
//! gateway, which may run beside it, elsewhere, or not at all.

use super::{End, GRACE, key, no_core_dumps, notify_systemd, say, watchdog};
use crate::Pending;
use crate::config::SecretSource;
use crate::config::milter::Place;
use crate::config::tripwire::{Guards, Unmarked, Watch};
use crate::doors::Line;
use crate::doors::milter::{self, Limits, MilterDoor, Mode};
use crate::fault::diagnostic::Diagnostic;
use crate::fault::failure::{Exit, Failure};
use crate::fault::{Fault, Kind, Reply};
use crate::forward::Outlet;
use crate::gateway::tripwire::{self as line, Watcher};
use crate::mail::tripwire::Tripwire;
use crate::mail::{Envelope, Intake, Received, Recipient, Variant};
use crate::transfer::proof::Outcome;
use std::io;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The key that `tripwire.key` names. The error is a sentence for the operator.
pub fn tripwire(source: &SecretSource) -> Result<Tripwire, String> {
    key::bytes(source).map(Tripwire::new)
}

/// Runs until SIGTERM or SIGINT.
pub async fn serve(settings: Watch) -> Result<(), Failure> {
    no_core_dumps()?;
    let mut end = End::listen()?;
    let watcher = Arc::new(watcher(&settings)?);
    let place = listen(&settings).await?;
    let address = match &place {
        milter::Place::Tcp(listener) => listener.local_addr().map(|a| a.to_string()),
        milter::Place::Unix(_, path) => Ok(path.display().to_string()),
    };
    let door = Arc::new(MilterDoor {
        line: watcher,
        mode: Mode::Look,
        accept_from: settings.tripwire.accept_from.clone(),
        limits: Limits::default(),
    });
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(milter::serve(place, door, stopped));
    say(&serde_json::json!({ "listening": "tripwire", "address": address.unwrap_or_default() }));
    notify_systemd(sd_notify::NotifyState::Ready);
    let _watchdog = tokio::spawn(watchdog());
    end.told().await;
    notify_systemd(sd_notify::NotifyState::Stopping);
    let _ = stop.send(true); // it has ended already: then it has stopped
    if tokio::time::timeout(GRACE, serving).await.is_err() {
        tracing::warn!("some sessions did not end in time and were cut off");
    }
    Ok(())
}

fn watcher(settings: &Watch) -> Result<Watcher, Failure> {
    let tripwire = tripwire(&settings.key).map_err(|why| {
        let help = "it is the same file as the gateway's; `cloakroom key init FILE` makes one";
        Failure::new(
            Exit::Config,
            settings.mistake("tripwire.key", why).help(help),
        )
    })?;
    Ok(Watcher {
        tripwire,
        domains: settings.domains.clone(),
        guards_all: settings.tripwire.guards == Guards::All,
        unmarked: match settings.tripwire.unmarked {
            Unmarked::Refuse => line::Unmarked::Refused,
            Unmarked::Defer => line::Unmarked::Deferred,
            Unmarked::Log => line::Unmarked::Passed,
        },
        folder: settings.tripwire.state.clone(),
    })
}

async fn listen(settings: &Watch) -> Result<milter::Place, Failure> {
    let bound = match &settings.listen {
        Place::Tcp(address) => TcpListener::bind(address).await.map(milter::Place::Tcp),
        Place::Unix(path) => milter::Place::unix(path),
    };
    bound.map_err(|error| {
        let message = format!("cannot listen on {}: {error}", settings.listen);
        let mistake: Diagnostic = settings.mistake("tripwire.listen", message);
        let help = match error.kind() {
            io::ErrorKind::AddrInUse => "another program listens there",
            _ => "name an address of this machine, or a socket in a folder that this user may write to",
        };
        Failure::new(Exit::Unavailable, mistake.help(help))
    })
}

impl Line for Watcher {
    fn intake(&self, _: &Envelope) -> Intake {
        Watcher::intake(self)
    }

    fn outlet(&self) -> Box<dyn Outlet> {
        Box::new(Nowhere)
    }

    fn send<'a>(
        &'a self,
        received: Received,
        _: &'a mut dyn Outlet,
    ) -> Pending<'a, Result<Outcome, Fault>> {
        Box::pin(async move { self.watch(received) })
    }

    /// The server that asks has its own limit.
    fn max_message(&self) -> u64 {
        u64::MAX
    }

    fn hostname(&self) -> &str {
        "localhost"
    }
}

/// A watcher sends nothing.
struct Nowhere;

impl Outlet for Nowhere {
    fn begin<'a>(&'a mut self, _: &'a Envelope) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async { Err(Fault::new(Kind::Internal)) })
    }

    fn vet<'a>(&'a mut self, _: &'a Recipient) -> Pending<'a, Result<Reply, Fault>> {
        Box::pin(async { Err(Fault::new(Kind::Internal)) })
    }

    fn hand_over<'a>(&'a mut self, _: Vec<Variant>, _: Instant) -> Pending<'a, Outcome> {
        Box::pin(async { Outcome::default() })
    }

    fn reset<'a>(&'a mut self) -> Pending<'a, ()> {
        Box::pin(async {})
    }
}

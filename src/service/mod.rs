//! Running: builds a gateway from a checked configuration, opens the doors, stops them. The only place that names concrete
//! backends and channels.
//!
//! Promises: nothing is answered before store, key, policy and every channel are ready; a stop lets the mail in progress finish.
//! Fails with [`Failure`], which names what is missing and the mend, before anybody is answered.

pub mod agreed;
pub mod approvals;
pub mod build;
pub mod control;
pub mod demo;
pub mod directories;
pub mod dkim;
pub mod inherited;
pub mod key;
pub mod line;
pub mod log;
pub mod look;
pub mod numbers;
pub mod queue;
pub mod quick;
pub mod reach;
pub mod reload;
mod terms;
pub mod tls;
pub mod tripwire;

use crate::config::Config;
use crate::config::milter::Place;
use crate::doors::milter;
use crate::doors::smtp::{self, SmtpDoor};
use crate::doors::web;
use crate::fault::failure::{Exit, Failure};
use crate::gateway::Gateway;
use inherited::Inherited;
use reload::Reload;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a stop waits for mails in progress.
const GRACE: Duration = Duration::from_secs(75);

/// A gateway with open doors.
pub struct Running {
    /// The gateway itself, for tests and the demo.
    pub gateway: Arc<Gateway>,
    /// Puts other rules in force.
    pub reload: Arc<Reload>,
    /// Which door listens where: `smtp`, `lmtp`, `portal`, …
    addresses: Vec<(&'static str, SocketAddr)>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Running {
    /// Where a door listens.
    pub fn address(&self, door: &str) -> Option<SocketAddr> {
        self.addresses
            .iter()
            .find(|(name, _)| *name == door)
            .map(|(_, address)| *address)
    }

    /// Every door and where it listens.
    pub fn addresses(&self) -> &[(&'static str, SocketAddr)] {
        &self.addresses
    }

    /// Closes the doors, lets mails in progress finish, then returns.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true); // nobody listens any more: then they have stopped already
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("some sessions did not end in time and were cut off");
        }
    }
}

/// Builds everything and opens the doors, each on a socket of its own.
pub async fn start(config: Config) -> Result<Running, Failure> {
    start_on(Inherited::none(), config).await
}

/// The same on sockets that are open already, as far as there are any.
pub async fn start_on(inherited: Inherited, mut config: Config) -> Result<Running, Failure> {
    build::install_crypto();
    let as_written = config.clone();
    let listeners = Listeners::bind(inherited, &mut config).await?;
    let addresses = listeners.addresses()?;
    let gateway = Arc::new(build::gateway(&config)?);
    let policy = gateway.policy();
    tracing::info!(target: "policy", policy = policy.hash(), rules = policy.rules().len(), "policy in force");
    let reload = Arc::new(Reload::new(gateway.clone(), as_written));
    let (stop, stopped) = watch::channel(false);
    let doors = doors(&gateway, listeners, &config, &stopped)?;
    let control = control::listen(&config.store.path)?;
    let mut tasks = JoinSet::new();
    doors.into_iter().for_each(|door| {
        tasks.spawn(door);
    });
    tasks.spawn(control::serve(
        control,
        gateway.clone(),
        reload.clone(),
        stopped.clone(),
    ));
    let (sender, stop_sending) = (gateway.clone(), stopped.clone());
    tasks.spawn(async move { sender.deliver(stop_sending).await });
    let (carrier, stop_carrying) = (gateway.clone(), stopped.clone());
    tasks.spawn(async move { carrier.deliver_parcels(stop_carrying).await });
    let (scribe, stop_writing) = (gateway.clone(), stopped.clone());
    tasks.spawn(async move { scribe.deliver_written(stop_writing).await });
    let keeper = gateway.clone();
    tasks.spawn(async move { keeper.upkeep(stopped).await });
    Ok(Running {
        gateway,
        reload,
        addresses,
        stop,
        tasks,
    })
}

/// Runs until SIGTERM or SIGINT; SIGHUP reads the policy anew.
pub async fn serve(inherited: Inherited, config: Config) -> Result<(), Failure> {
    no_core_dumps()?;
    // Before anybody can know that we run: else a signal would end us in the middle of a mail, which is its default action.
    let (mut end, hangup) = (End::listen()?, listen(SignalKind::hangup())?);
    let running = start_on(inherited, config).await?;
    for (door, address) in running.addresses() {
        say(&serde_json::json!({ "listening": door, "address": address.to_string() }));
    }
    notify_systemd(sd_notify::NotifyState::Ready);
    let _watchdog = tokio::spawn(watchdog());
    let reload = tokio::spawn(at_hangup(running.reload.clone(), hangup));
    end.told().await;
    notify_systemd(sd_notify::NotifyState::Stopping);
    reload.abort();
    running.stop().await;
    Ok(())
}

/// Keys and passwords are in our memory: no crash may write it to the disk (P23), and no other program of our user may read it.
fn no_core_dumps() -> Result<(), Failure> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)
        .and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable))
        .map_err(|e| Failure::new(Exit::Failed, format!("core dumps cannot be forbidden: {e}")))
}

/// A line on standard output. Whoever reads it may have heard enough and be gone: no reason to stop.
fn say(line: &serde_json::Value) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// The signals that end a service.
pub struct End {
    term: Signal,
    int: Signal,
}

impl End {
    /// From now on they do not end the process by themselves.
    pub fn listen() -> Result<Self, Failure> {
        Ok(End {
            term: listen(SignalKind::terminate())?,
            int: listen(SignalKind::interrupt())?,
        })
    }

    /// Returns at SIGTERM or SIGINT.
    pub async fn told(&mut self) {
        tokio::select! { _ = self.term.recv() => {} _ = self.int.recv() => {} }
    }
}

fn listen(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|e| Failure::new(Exit::Failed, format!("signals cannot be heard: {e}")))
}

/// SIGHUP: new rules if they are right, else the old ones stay and the log says why.
async fn at_hangup(reload: Arc<Reload>, mut hangup: Signal) {
    while hangup.recv().await.is_some() {
        // What came of it is in the log.
        let _ = tokio::task::block_in_place(|| reload.now());
    }
}

fn notify_systemd(state: sd_notify::NotifyState<'_>) {
    // Not started by systemd: then there is nobody to tell.
    let _ = sd_notify::notify(&[state]);
}

async fn watchdog() {
    let Some(period) = sd_notify::watchdog_enabled() else {
        return;
    };
    loop {
        notify_systemd(sd_notify::NotifyState::Watchdog);
        tokio::time::sleep(period / 3).await;
    }
}

/// The sockets, inherited or bound before anything is built, so that a port taken by another is said first.
#[derive(Default)]
struct Listeners {
    tcp: Vec<(&'static str, TcpListener)>,
    milter: Option<milter::Place>,
}

impl Listeners {
    async fn bind(mut inherited: Inherited, config: &mut Config) -> Result<Listeners, Failure> {
        let (milter_tcp, milter_unix) = match &config.milter.listen {
            Some(Place::Tcp(address)) => (Some(*address), None),
            Some(Place::Unix(path)) => (None, Some(path)),
            None => (None, None),
        };
        let wanted = [
            ("smtp", "intake.smtp", config.intake.smtp),
            ("lmtp", "intake.lmtp", config.intake.lmtp),
            ("submission", "intake.submission", config.intake.submission),
            ("milter", "milter.listen", milter_tcp),
            ("portal", "portal.listen", Some(config.portal.listen)),
            ("admin", "admin.listen", config.admin),
        ];
        let mut listeners = Listeners::default();
        for (name, key, address) in wanted {
            let Some(address) = address else { continue };
            let listener = match inherited.take(name, address) {
                Some(open) => TcpListener::from_std(open),
                None => TcpListener::bind(address).await,
            };
            let listener = listener.map_err(|e| not_bound(config, key, address, &e))?;
            listeners.tcp.push((name, listener));
        }
        if let Some(path) = milter_unix {
            let place = milter::Place::unix(path).map_err(|e| no_socket(config, path, &e))?;
            listeners.milter = Some(place);
        }
        inherited.all_taken()?;
        if let Some((_, address)) = listeners
            .addresses()?
            .iter()
            .find(|(name, _)| *name == "portal")
        {
            name_the_port(&mut config.house.portal_url, *address);
        }
        Ok(listeners)
    }

    fn addresses(&self) -> Result<Vec<(&'static str, SocketAddr)>, Failure> {
        let address = |(name, listener): &(&'static str, TcpListener)| {
            listener
                .local_addr()
                .map(|a| (*name, a))
                .map_err(|e| Failure::new(Exit::Failed, format!("a socket has no address: {e}")))
        };
        self.tcp.iter().map(address).collect()
    }
}

/// `portal.url` with port 0 means: whatever port was free. For the demo and for tests.
fn name_the_port(url: &mut String, address: SocketAddr) {
    if let Some(base) = url.strip_suffix(":0") {
        *url = format!("{base}:{}", address.port());
    }
}

fn not_bound(config: &Config, key: &str, address: SocketAddr, error: &io::Error) -> Failure {
    let mistake = config.mistake(key, format!("cannot listen on {address}: {error}"));
    let help = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there, perhaps a gateway that runs already"
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need the capability CAP_NET_BIND_SERVICE"
        }
        _ => "name an address of this machine",
    };
    Failure::new(Exit::Unavailable, mistake.help(help))
}

fn no_socket(config: &Config, path: &Path, error: &io::Error) -> Failure {
    let message = format!("cannot listen on {}: {error}", path.display());
    let mistake = config.mistake("milter.listen", message);
    let help = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there, perhaps a gateway that runs already"
        }
        io::ErrorKind::NotFound => "make its folder, which the gateway's user may write to",
        _ => "its folder must be one that the gateway's user may write to",
    };
    Failure::new(Exit::Unavailable, mistake.help(help))
}

type Door = Pin<Box<dyn Future<Output = ()> + Send>>;

/// All doors, none of them open yet: what is wrong with one is said before any takes a mail.
fn doors(
    gateway: &Arc<Gateway>,
    listeners: Listeners,
    config: &Config,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<Door>, Failure> {
    let door = |(name, listener)| -> Result<Door, Failure> {
        let stopped = stopped.clone();
        Ok(match name {
            "portal" => {
                let portal = Arc::new(build::portal(gateway, config)?);
                let tls = build::portal_tls(config)?;
                Box::pin(web::server::serve(listener, portal, tls, stopped))
            }
            "admin" => {
                let ready = build::ready(gateway);
                Box::pin(web::server::serve_admin(listener, ready, stopped))
            }
            "milter" => milter_door(milter::Place::Tcp(listener), gateway, config, stopped),
            _ => {
                let door: SmtpDoor = build::smtp_door(name, gateway, config)?;
                Box::pin(smtp::serve(listener, Arc::new(door), stopped))
            }
        })
    };
    let unix = listeners.milter;
    let unix = unix.map(|place| milter_door(place, gateway, config, stopped.clone()));
    let doors = listeners.tcp.into_iter().map(door);
    doors.chain(unix.map(Ok)).collect()
}

fn milter_door(
    place: milter::Place,
    gateway: &Arc<Gateway>,
    config: &Config,
    stopped: watch::Receiver<bool>,
) -> Door {
    let door = Arc::new(build::milter_door(gateway, config));
    Box::pin(milter::serve(place, door, stopped))
}

//! Running: builds a gateway from a checked configuration, opens the doors, stops them. The only place that names concrete
//! backends and channels.
//!
//! Promises: nothing listens before store, key, policy and every channel are ready; a stop lets the mail in progress finish.
//! Fails with [`Failure`], which names what is missing and the mend, before the first socket is open.

pub mod build;
pub mod control;
pub mod demo;
pub mod key;
pub mod line;
pub mod log;
pub mod tls;

use crate::config::Config;
use crate::doors::smtp::{self, SmtpDoor};
use crate::doors::web;
use crate::fault::failure::{Exit, Failure};
use crate::gateway::Gateway;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a stop waits for mails in progress.
const GRACE: Duration = Duration::from_secs(75);

/// A gateway with open doors.
pub struct Running {
    /// The gateway itself, for tests and the demo.
    pub gateway: Arc<Gateway>,
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

/// Builds everything and opens the doors.
pub async fn start(mut config: Config) -> Result<Running, Failure> {
    build::install_crypto();
    let listeners = Listeners::bind(&mut config).await?;
    let gateway = Arc::new(build::gateway(&config)?);
    let (stop, stopped) = watch::channel(false);
    let mut running = Running {
        gateway,
        addresses: listeners.addresses()?,
        stop,
        tasks: JoinSet::new(),
    };
    running.open(listeners, &config, &stopped)?;
    let control = control::listen(&config.store.path)?;
    running.tasks.spawn(control::serve(
        control,
        running.gateway.store().clone(),
        stopped.clone(),
    ));
    let gateway = running.gateway.clone();
    running
        .tasks
        .spawn(async move { gateway.upkeep(stopped).await });
    Ok(running)
}

/// Runs until SIGTERM or SIGINT; SIGHUP reads the policy anew.
pub async fn serve(config: Config) -> Result<(), Failure> {
    let again = config.clone();
    let running = start(config).await?;
    for (door, address) in running.addresses() {
        println!(
            "{}",
            serde_json::json!({ "listening": door, "address": address.to_string() })
        );
    }
    notify_systemd(sd_notify::NotifyState::Ready);
    let _watchdog = tokio::spawn(watchdog());
    let reload = tokio::spawn(reload(running.gateway.clone(), again));
    until_told_to_stop().await;
    notify_systemd(sd_notify::NotifyState::Stopping);
    reload.abort();
    running.stop().await;
    Ok(())
}

/// Returns at SIGTERM or SIGINT.
pub async fn until_told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (term, int) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    );
    match (term, int) {
        (Ok(mut term), Ok(mut int)) => {
            tokio::select! { _ = term.recv() => {} _ = int.recv() => {} }
        }
        // Without signal handlers the default action ends the process, which is a stop too.
        _ => std::future::pending().await,
    }
}

/// SIGHUP: new rules if they are right, else the old ones stay and the log says why.
async fn reload(gateway: Arc<Gateway>, config: Config) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        return;
    };
    while hangup.recv().await.is_some() {
        match build::policy(&config) {
            Ok(policy) => {
                gateway.replace_policy(policy);
                tracing::info!("policy read anew");
            }
            Err(failure) => tracing::error!("the old policy stays in force: {failure}"),
        }
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

/// The sockets, bound before anything is built, so that a port taken by another is said first.
#[derive(Default)]
struct Listeners(Vec<(&'static str, TcpListener)>);

impl Listeners {
    async fn bind(config: &mut Config) -> Result<Listeners, Failure> {
        let wanted = [
            ("smtp", config.intake.smtp),
            ("lmtp", config.intake.lmtp),
            ("submission", config.intake.submission),
            ("portal", Some(config.portal.listen)),
            ("admin", config.admin),
        ];
        let mut listeners = Listeners::default();
        for (name, address) in wanted {
            let Some(address) = address else { continue };
            let listener = TcpListener::bind(address).await.map_err(|e| {
                Failure::new(
                    Exit::Unavailable,
                    format!("{name} cannot listen on {address}: {e}"),
                )
            })?;
            listeners.0.push((name, listener));
        }
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
        self.0.iter().map(address).collect()
    }
}

/// `portal.url` with port 0 means: whatever port was free. For the demo and for tests.
fn name_the_port(url: &mut String, address: SocketAddr) {
    if let Some(base) = url.strip_suffix(":0") {
        *url = format!("{base}:{}", address.port());
    }
}

impl Running {
    fn open(
        &mut self,
        listeners: Listeners,
        config: &Config,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), Failure> {
        for (name, listener) in listeners.0 {
            let stopped = stopped.clone();
            match name {
                "portal" => {
                    let portal = Arc::new(build::portal(&self.gateway, config));
                    let tls = build::portal_tls(config)?;
                    self.tasks
                        .spawn(web::server::serve(listener, portal, tls, stopped));
                }
                "admin" => {
                    let ready = build::ready(&self.gateway);
                    self.tasks
                        .spawn(web::server::serve_admin(listener, ready, stopped));
                }
                _ => {
                    let door: Arc<SmtpDoor> =
                        Arc::new(build::smtp_door(name, &self.gateway, config)?);
                    self.tasks.spawn(smtp::serve(listener, door, stopped));
                }
            }
        }
        Ok(())
    }
}

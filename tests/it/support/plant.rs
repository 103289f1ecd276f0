//! A gateway on any backend, with an outlet that answers as it is told and a channel that remembers; and a door to it.

use cloakroom::decide::extract::Inline;
use cloakroom::decide::{Frame, Policy};
use cloakroom::doors::smtp::{self, Limits, Protocol, SmtpDoor};
use cloakroom::fault::Fault;
use cloakroom::forward::{Lanes, Memory as Hop};
use cloakroom::gateway::parcels::{Partial, Schedule};
use cloakroom::gateway::upkeep::Patience;
use cloakroom::gateway::{Gateway, Parts};
use cloakroom::mail::dkim::Signers;
use cloakroom::notify::{Channel, MemoryChannel, Router};
use cloakroom::store::Store;
use cloakroom::store::backend::Backend;
use cloakroom::texts::{House, Texts};
use cloakroom::transfer::Telling;
use cloakroom::transfer::keys::MasterKey;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Every file to outsiders goes into a transfer; its password is told by the desk.
pub const DESK: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["desk"], keep_for = "10 days" }
"#;

/// What is around a gateway and outlives it.
#[derive(Clone)]
pub struct Plant {
    pub master: MasterKey,
    pub hop: Hop,
    pub desk: MemoryChannel,
    /// Further channels.
    pub channels: Vec<Arc<dyn Channel>>,
    /// What texts say about us.
    pub house: House,
    /// The policy file.
    pub rules: &'static str,
    /// Who needs no password; nobody, unless a test is about it.
    pub quick: cloakroom::transfer::quick::Rules,
    /// No receipts, unless a test is about them.
    pub telling: Telling,
}

impl Plant {
    pub fn new() -> Self {
        Plant {
            master: MasterKey::fresh(),
            hop: Hop::new(),
            desk: MemoryChannel::new("desk", "command"),
            channels: Vec::new(),
            house: house(),
            rules: DESK,
            quick: Default::default(),
            telling: Telling {
                receipts: false,
                ..Telling::default()
            },
        }
    }

    pub fn store(&self, backend: Arc<dyn Backend>) -> Result<Store, Fault> {
        Store::open(backend, self.master.clone())
    }

    /// A gateway, nothing of it settled yet.
    pub fn gateway(&self, backend: Arc<dyn Backend>) -> Result<Arc<Gateway>, Fault> {
        let house = Arc::new(self.house.clone());
        let mut channels: Vec<Arc<dyn Channel>> = vec![Arc::new(self.desk.clone())];
        channels.extend(self.channels.iter().cloned());
        Ok(Arc::new(Gateway::new(Parts {
            remember: Default::default(),
            policy: policy(&house, self.rules),
            store: Arc::new(self.store(backend)?),
            master: Arc::new(self.master.clone()),
            outlets: Lanes::new(Arc::new(self.hop.clone()), None),
            directories: Default::default(),
            router: Router::new(channels),
            texts: Arc::new(Texts::new(&house.languages)),
            house,
            reader: Arc::new(Inline),
            signers: Signers::default(),
            spool_folder: PathBuf::from("."),
            max_message: 10 << 20,
            answer_within: Duration::from_secs(90),
            max_keep_for: Frame::default().max_keep_for,
            remember_numbers: Duration::from_secs(180 * 86_400),
            patience: Patience::default(),
            delivery: Schedule::default(),
            partial: Partial::default(),
            telling: self.telling.clone(),
            scanning: None,
            quick: self.quick,
        })))
    }
}

/// Opens a door to a gateway; it closes when the sender is dropped.
pub async fn door(gateway: &Arc<Gateway>, protocol: Protocol) -> (SocketAddr, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let (stop, stopped) = watch::channel(false);
    let door = SmtpDoor {
        protocol,
        line: gateway.clone(),
        tls: None,
        implicit_tls: false,
        accept_from: vec!["127.0.0.1".parse().expect("a network")],
        logins: false,
        proxy_from: Vec::new(),
        xforward_from: Vec::new(),
        repair_from: Vec::new(),
        chunking: false,
        limits: Limits::default(),
    };
    tokio::spawn(smtp::serve(listener, Arc::new(door), stopped));
    (address, stop)
}

fn policy(house: &House, rules: &str) -> Policy {
    let frame = Frame {
        domains: house.domains.clone(),
        ..Frame::default()
    };
    let sources = [(PathBuf::from("test.toml"), rules.to_owned())];
    Policy::read(&sources, &frame).unwrap_or_else(|wrong| panic!("{wrong}"))
}

pub fn house() -> House {
    House {
        organisation: "Example Region".into(),
        portal_url: "https://files.example.org".into(),
        help_url: Some("https://www.example.org/files".into()),
        hostname: "gateway.test".into(),
        domains: vec!["example.org".into()],
        languages: vec!["en".into()],
        time_zone: jiff::tz::TimeZone::UTC,
        notice_from: "files@example.org".into(),
        look: cloakroom::texts::Look::default(),
    }
}

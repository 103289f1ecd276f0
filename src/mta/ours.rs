//! What another mail server must know of this installation: where mail goes in, where it comes back, how much and how long.

use crate::config::{Config, milter};
use crate::forward::{HopAddress, Protocol, Target};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Facts of a configuration, as far as they concern other mail servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// The configuration they are of.
    pub file: PathBuf,
    /// What we call ourselves.
    pub hostname: String,
    /// Who is a colleague.
    pub domains: Vec<String>,
    /// `intake.smtp`
    pub smtp: Option<SocketAddr>,
    /// `intake.lmtp`
    pub lmtp: Option<SocketAddr>,
    /// `intake.tls`: STARTTLS is offered on `intake.smtp`.
    pub tls: bool,
    /// Where the milter listens, if there is one.
    pub milter: Option<MilterAt>,
    /// Where mail goes on to: a mail server that speaks SMTP; `None` for a folder, a socket, LMTP.
    pub back: Option<Place>,
    /// The same for mail that needs verified TLS.
    pub back_verified: Option<Place>,
    /// The largest mail that is taken, in bytes.
    pub max_message: u64,
    /// So many seconds a client waits for its answer.
    pub answer_within: u64,
}

/// A host and a port of another mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// A name or an address, without brackets.
    pub host: String,
    /// TCP.
    pub port: u16,
}

/// Where the milter listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MilterAt {
    /// A socket in the file system.
    Unix(PathBuf),
    /// TCP.
    Tcp(SocketAddr),
}

impl Ours {
    /// An installation for tests, with a way back and no way in.
    #[cfg(test)]
    pub(super) fn sample() -> Ours {
        Ours {
            file: "cloakroom.toml".into(),
            hostname: "files.example.org".into(),
            domains: vec!["example.org".into()],
            smtp: None,
            lmtp: None,
            tls: false,
            milter: None,
            back: Some(Place {
                host: "127.0.0.1".into(),
                port: 10026,
            }),
            back_verified: None,
            max_message: 157_286_400,
            answer_within: 90,
        }
    }

    /// The facts of this configuration.
    pub fn of(config: &Config) -> Ours {
        let intake = &config.intake;
        let verified = intake.next_hop_verified_tls.as_ref();
        Ours {
            file: config.file.clone(),
            hostname: config.house.hostname.clone(),
            domains: config.house.domains.clone(),
            smtp: intake.smtp,
            lmtp: intake.lmtp,
            tls: intake.tls,
            milter: config.milter.listen.as_ref().map(milter),
            back: place(&intake.next_hop),
            back_verified: verified.and_then(|(target, _)| place(target)),
            max_message: intake.max_message.bytes(),
            answer_within: intake.answer_within.0.as_secs(),
        }
    }

    /// The addresses we may connect from, as far as the doors tell: the networks a mail server must trust behind us.
    pub fn networks(&self) -> Vec<String> {
        let tcp = match &self.milter {
            Some(MilterAt::Tcp(at)) => Some(*at),
            _ => None,
        };
        let doors = [self.smtp, self.lmtp, tcp].into_iter().flatten();
        let doors = doors.map(|at| at.ip()).filter(|ip| !ip.is_unspecified());
        let mut found: Vec<String> = doors.map(network).collect();
        if found.is_empty() {
            found.push(network(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        }
        found.sort();
        found.dedup();
        found
    }
}

impl Place {
    /// On this machine, and seen from nowhere else.
    pub fn is_loopback(&self) -> bool {
        let address = self.host.parse::<IpAddr>();
        self.host == "localhost" || address.is_ok_and(|ip| ip.is_loopback())
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// All of loopback: which address of it a system takes to connect from is its own affair.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(ip) if ip.is_loopback() => "127.0.0.0/8".to_owned(),
        IpAddr::V6(ip) if ip.is_loopback() => "[::1]/128".to_owned(),
        IpAddr::V4(ip) => format!("{ip}/32"),
        IpAddr::V6(ip) => format!("[{ip}]/128"),
    }
}

fn place(target: &Target) -> Option<Place> {
    match target {
        Target::Hop(hop) if hop.protocol == Protocol::Smtp => match &hop.address {
            HopAddress::Tcp(host, port) => Some(Place {
                host: host.clone(),
                port: *port,
            }),
            HopAddress::Unix(_) => None,
        },
        _ => None,
    }
}

fn milter(listen: &milter::Place) -> MilterAt {
    match listen {
        milter::Place::Unix(path) => MilterAt::Unix(path.clone()),
        milter::Place::Tcp(at) => MilterAt::Tcp(*at),
    }
}

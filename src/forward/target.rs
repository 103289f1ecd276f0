//! What `intake.next_hop` and `intake.next_hop_verified_tls` may say: `smtp://host:port`, `smtps://…`, `lmtp://…`, `lmtp+unix:/path`, `folder:PATH`, or `host:port`.
//!
//! Promises: a next hop that is not on this machine is spoken to over checked TLS unless the operator says otherwise with
//! `?tls=off` or `?tls=opportunistic` (T21). Fails with [`BadTarget`], whose sentence says what to write.

use super::folder::Folder;
use super::next_hop::NextHop;
use super::{Outlet, Outlets};
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Where mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Files in a folder: demo and tests.
    Folder(PathBuf),
    /// A mail server.
    Hop(NextHopConfig),
}

/// A next hop and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextHopConfig {
    /// Where it listens.
    pub address: HopAddress,
    /// What it speaks.
    pub protocol: Protocol,
    /// How the connection is protected.
    pub tls: HopTls,
    /// TLS from the first byte (`smtps://`, RFC 8314) instead of STARTTLS.
    pub implicit_tls: bool,
    /// Further certificates to believe (PEM), beside those of the system.
    pub extra_ca: Option<PathBuf>,
    /// What we call ourselves in EHLO or LHLO.
    pub hostname: String,
    /// How long we wait for what.
    pub timeouts: Timeouts,
}

/// Where a next hop listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HopAddress {
    /// A name or an address without brackets, and a port.
    Tcp(String, u16),
    /// A socket in the file system.
    Unix(PathBuf),
}

/// What a next hop speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// LMTP (RFC 2033): one answer per recipient after the content.
    Lmtp,
    /// SMTP (RFC 5321): one answer per mail.
    Smtp,
}

/// How a connection is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HopTls {
    /// In the clear: for next hops on this machine.
    Off,
    /// TLS if it is offered, whatever the certificate.
    Opportunistic,
    /// TLS with a certificate for this name, or nothing is sent.
    Verify(String),
}

/// How long is waited (RFC 5321 section 4.5.3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, and again for its TLS handshake.
    pub connect: Duration,
    /// For the greeting and the reply to each command.
    pub command: Duration,
    /// For each block of content to be taken.
    pub block: Duration,
    /// For the reply to the final dot.
    pub last_reply: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(300),
            block: Duration::from_secs(180),
            last_reply: Duration::from_secs(600),
        }
    }
}

/// Why a text names no next hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadTarget(String);

impl Target {
    /// Reads what the operator wrote; `hostname` is ours, for EHLO.
    pub fn parse(text: &str, hostname: &str) -> Result<Self, BadTarget> {
        if let Some(path) = text.strip_prefix("folder:") {
            return not_empty(path).map(|path| Target::Folder(path.into()));
        }
        if let Some(path) = text.strip_prefix("lmtp+unix:") {
            let address = HopAddress::Unix(not_empty(path)?.into());
            let hop = NextHopConfig::new(address, Protocol::Lmtp, HopTls::Off, hostname);
            return Ok(Target::Hop(hop));
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("smtp", text));
        let (protocol, implicit_tls, port) = match scheme {
            "smtp" => (Protocol::Smtp, false, 25),
            "smtps" => (Protocol::Smtp, true, 465),
            "lmtp" => (Protocol::Lmtp, false, 24),
            other => return Err(unknown_scheme(other)),
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, port) = host_and_port(place, port)?;
        let mut tls = tls(query, &host, implicit_tls)?;
        if implicit_tls && tls == HopTls::Off {
            tls = HopTls::Verify(host.clone());
        }
        let mut hop = NextHopConfig::new(HopAddress::Tcp(host, port), protocol, tls, hostname);
        hop.implicit_tls = implicit_tls;
        Ok(Target::Hop(hop))
    }

    /// What is sent there does not cross a network.
    pub fn is_on_this_machine(&self) -> bool {
        match self {
            Target::Folder(_) => true,
            Target::Hop(hop) => hop.is_on_this_machine(),
        }
    }

    /// Makes outlets of it. Reads certificates or makes the folder: call it once, at start.
    pub fn outlets(self) -> io::Result<Arc<dyn Outlets>> {
        Ok(match self {
            Target::Folder(path) => Arc::new(Folder::at(&path)?),
            Target::Hop(hop) => Arc::new(NextHop::new(hop)?),
        })
    }
}

impl NextHopConfig {
    /// A next hop with the usual timeouts.
    pub fn new(address: HopAddress, protocol: Protocol, tls: HopTls, hostname: &str) -> Self {
        NextHopConfig {
            address,
            protocol,
            tls,
            implicit_tls: false,
            extra_ca: None,
            hostname: hostname.to_owned(),
            timeouts: Timeouts::default(),
        }
    }

    /// What is said to it does not cross a network.
    pub fn is_on_this_machine(&self) -> bool {
        match &self.address {
            HopAddress::Unix(_) => true,
            HopAddress::Tcp(host, _) => is_loopback(host),
        }
    }
}

fn not_empty(path: &str) -> Result<&str, BadTarget> {
    match path {
        "" => Err(BadTarget("there is no path behind the colon".into())),
        path => Ok(path),
    }
}

fn unknown_scheme(scheme: &str) -> BadTarget {
    let known = ["smtp", "smtps", "lmtp", "lmtp+unix", "folder"];
    let guess = crate::fault::diagnostic::did_you_mean(scheme, known)
        .map_or_else(String::new, |name| format!(", did you mean `{name}`"));
    BadTarget(format!(
        "`{scheme}` is no kind of next hop{guess}? write smtp://host:port, lmtp://host:port or folder:PATH"
    ))
}

fn host_and_port(place: &str, usual: u16) -> Result<(String, u16), BadTarget> {
    let place = place.strip_suffix('/').unwrap_or(place);
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => rest
            .split_once(']')
            .map(|(host, port)| (host, port.strip_prefix(':')))
            .ok_or_else(|| BadTarget("a `]` is missing behind the IPv6 address".into()))?,
        None => match place.split_once(':') {
            Some((_, port)) if port.contains(':') => {
                return Err(BadTarget(
                    "an IPv6 address stands in brackets: smtp://[::1]:25".into(),
                ));
            }
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let fit = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-_:".contains(c));
    if !fit {
        return Err(BadTarget(format!("`{host}` is no host name or address")));
    }
    let port = port.map_or(Ok(usual), |digits| match digits.parse() {
        Ok(0) | Err(_) => Err(BadTarget(format!("`{digits}` is no port, 1 to 65535"))),
        Ok(port) => Ok(port),
    })?;
    Ok((host.to_ascii_lowercase(), port))
}

fn tls(query: &str, host: &str, implicit: bool) -> Result<HopTls, BadTarget> {
    let verify = || HopTls::Verify(host.to_owned());
    match query {
        "" if is_loopback(host) => Ok(HopTls::Off),
        "" | "tls=verify" => Ok(verify()),
        "tls=off" if implicit => Err(BadTarget("smtps:// without TLS is smtp://".into())),
        "tls=off" => Ok(HopTls::Off),
        "tls=opportunistic" => Ok(HopTls::Opportunistic),
        other => match other.strip_prefix("tls=verify:") {
            Some(name) if !name.is_empty() => Ok(HopTls::Verify(name.to_owned())),
            _ => Err(BadTarget(format!(
                "`?{other}` is not known; write ?tls=off, ?tls=opportunistic, ?tls=verify or ?tls=verify:NAME"
            ))),
        },
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for BadTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadTarget {}

/// Outlets behind a pointer are outlets too.
impl<T: Outlets + ?Sized> Outlets for Arc<T> {
    fn open(&self) -> Box<dyn Outlet> {
        (**self).open()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(text: &str) -> NextHopConfig {
        match Target::parse(text, "gate.example.org") {
            Ok(Target::Hop(hop)) => hop,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn tls_is_off_on_this_machine_and_checked_elsewhere() {
        let verify = |name: &str| HopTls::Verify(name.to_owned());
        let rows = [
            ("smtp://127.0.0.1:10026", "127.0.0.1", 10026, HopTls::Off),
            ("127.0.0.1:10026", "127.0.0.1", 10026, HopTls::Off),
            ("lmtp://[::1]", "::1", 24, HopTls::Off),
            ("smtp://localhost", "localhost", 25, HopTls::Off),
            (
                "smtp://Mx.example.org",
                "mx.example.org",
                25,
                verify("mx.example.org"),
            ),
            ("smtps://127.0.0.1", "127.0.0.1", 465, verify("127.0.0.1")),
            (
                "smtp://10.0.0.7:25?tls=verify:mx.example.org",
                "10.0.0.7",
                25,
                verify("mx.example.org"),
            ),
            (
                "smtp://10.0.0.7?tls=opportunistic",
                "10.0.0.7",
                25,
                HopTls::Opportunistic,
            ),
            ("smtp://10.0.0.7?tls=off", "10.0.0.7", 25, HopTls::Off),
        ];
        for (text, host, port, tls) in rows {
            let hop = hop(text);
            assert_eq!(hop.address, HopAddress::Tcp(host.into(), port), "{text}");
            assert_eq!(hop.tls, tls, "{text}");
        }
    }

    #[test]
    fn paths_are_taken_as_they_are() {
        assert_eq!(
            Target::parse("folder:out/mail", "h"),
            Ok(Target::Folder("out/mail".into()))
        );
        assert_eq!(
            hop("lmtp+unix:/run/lmtp.sock").address,
            HopAddress::Unix("/run/lmtp.sock".into())
        );
    }

    #[test]
    fn mistakes_are_named() {
        let rows = [
            ("smpt://a", "did you mean `smtp`"),
            ("smtp://", "no host name"),
            ("smtp://a:b", "no port"),
            ("smtp://a:0", "no port"),
            ("smtp://::1:25", "brackets"),
            ("smtp://[::1:25", "`]` is missing"),
            ("smtp://u@a", "no host name"),
            ("smtp://a?tls=maybe", "is not known"),
            ("smtps://a?tls=off", "is smtp://"),
            ("folder:", "no path"),
        ];
        for (text, words) in rows {
            let error = Target::parse(text, "h").unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}

//! One connection to a next hop: connecting, greeting, TLS, EHLO, and commands with their replies.
//!
//! Promises: every wait has an end; one group of commands is one write; after STARTTLS nothing that was said before counts (T19, T20).
//! Leaves to others: which command comes when (`next_hop`). Fails with [`Broken`]; the connection is of no use after it.

use super::feed::Wire;
use super::reply::{BadReply, ReplyReader};
use super::target::{HopAddress, HopTls, NextHopConfig, Protocol, Timeouts};
use crate::fault::Reply;
use crate::wire::arrived::arrived;
use crate::wire::sasl::Mechanism;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use zeroize::Zeroizing;

/// A greeted connection, ready for MAIL.
pub(super) struct Connection {
    stream: Box<dyn Io>,
    replies: ReplyReader,
    /// What the next hop can do.
    pub(super) offers: Offers,
    /// What is said here only the next hop can read: a password may be.
    pub(super) private: bool,
    /// TLS with a certificate that was checked.
    pub(super) verified: bool,
    timeouts: Timeouts,
}

/// Extensions named in the reply to EHLO or LHLO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offers {
    /// How a client can sign in, of what we know.
    pub(super) auth: Vec<Mechanism>,
    pub(super) dsn: bool,
    pub(super) eight_bit: bool,
    pub(super) pipelining: bool,
    pub(super) require_tls: bool,
    pub(super) size: bool,
    pub(super) starttls: bool,
    pub(super) utf8: bool,
    /// The attributes it wants to hear by XFORWARD, upper case.
    pub(super) xforward: Vec<String>,
}

/// Why a connection is of no use any more.
#[derive(Debug)]
pub(super) enum Broken {
    /// The peer closed it, or the network did.
    Lost(io::Error),
    /// The peer does not speak the protocol.
    Nonsense(BadReply),
    /// A reply that does not fit here, such as a refused greeting.
    Said(&'static str, Reply),
    /// The peer does not do what we insist on.
    Lacking(&'static str),
    /// A wait is over.
    TooSlow(&'static str),
}

/// TCP, TLS or a Unix socket.
pub(super) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

impl Connection {
    /// Connects and greets; with TLS if the configuration wants it.
    pub(super) async fn open(
        hop: &NextHopConfig,
        tls: Option<&Arc<ClientConfig>>,
    ) -> Result<Self, Broken> {
        let connecting = timeout(hop.timeouts.connect, connect(&hop.address)).await;
        let mut stream = connecting.map_err(|_| Broken::TooSlow("no connection"))??;
        if hop.implicit_tls {
            stream = handshake(stream, hop, tls).await?;
        }
        let mut connection = Connection::over(stream, hop, hop.implicit_tls);
        match connection.reply(hop.timeouts.command).await? {
            reply if reply.code == 220 => {}
            // Also a 5xx: a greeting says something about the server, not about this mail.
            reply => return Err(Broken::Said("instead of a greeting", reply)),
        }
        connection.hello(hop).await?;
        if hop.implicit_tls || hop.tls == HopTls::Off {
            return Ok(connection);
        }
        match (&hop.tls, connection.offers.starttls) {
            (HopTls::Opportunistic, false) => Ok(connection),
            (_, false) => Err(Broken::Lacking("STARTTLS is not offered, and is required")),
            (_, true) => connection.start_tls(hop, tls).await,
        }
    }

    fn over(stream: Box<dyn Io>, hop: &NextHopConfig, tls: bool) -> Self {
        let verified = tls && matches!(hop.tls, HopTls::Verify(_));
        Connection {
            stream,
            // TLS with anybody is no secret from him.
            private: verified || hop.is_on_this_machine(),
            replies: ReplyReader::default(),
            offers: Offers::default(),
            verified,
            timeouts: hop.timeouts.clone(),
        }
    }

    async fn hello(&mut self, hop: &NextHopConfig) -> Result<(), Broken> {
        let verb = match hop.protocol {
            Protocol::Lmtp => "LHLO",
            Protocol::Smtp => "EHLO",
        };
        let reply = self.command(&format!("{verb} {}", hop.hostname)).await?;
        if reply.is_positive() {
            self.offers = Offers::read(&reply);
            return Ok(());
        }
        if hop.protocol == Protocol::Lmtp || !reply.is_permanent() {
            return Err(Broken::Said("to our greeting", reply));
        }
        match self.command(&format!("HELO {}", hop.hostname)).await? {
            reply if reply.is_positive() => Ok(()),
            reply => Err(Broken::Said("to our greeting", reply)),
        }
    }

    /// Consumes the connection: nothing that came over it in the clear is known to the one that is given back.
    async fn start_tls(
        mut self,
        hop: &NextHopConfig,
        tls: Option<&Arc<ClientConfig>>,
    ) -> Result<Self, Broken> {
        let reply = self.command("STARTTLS").await?;
        if reply.code != 220 {
            return Err(Broken::Said("to STARTTLS", reply));
        }
        if !self.replies.is_empty() {
            return Err(Broken::Lacking("bytes came behind the reply to STARTTLS"));
        }
        let stream = handshake(self.stream, hop, tls).await?;
        let mut secured = Connection::over(stream, hop, true);
        secured.hello(hop).await?;
        Ok(secured)
    }

    /// Sends one command (without CRLF) and reads its reply.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, Broken> {
        let mut group = Group::default();
        group.push(line)?;
        self.send(&group).await?;
        self.reply(self.timeouts.command).await
    }

    /// Sends a group of commands in one write. The caller then reads one reply for each.
    pub(super) async fn send(&mut self, group: &Group) -> Result<(), Broken> {
        if !self.replies.is_empty() {
            return Err(Broken::Lacking("it spoke without being asked"));
        }
        self.write(&group.bytes).await
    }

    /// Sends one line that holds a secret, and reads the reply; no copy of the line stays.
    pub(super) async fn confide(&mut self, line: &str) -> Result<Reply, Broken> {
        let mut group = Group {
            // Room for all of it: a copy that is outgrown is not wiped.
            bytes: Vec::with_capacity(line.len() + 2),
        };
        group.push(line)?;
        let bytes = Zeroizing::new(group.bytes);
        self.write(&bytes).await?;
        self.answer().await
    }

    /// Sends a block of content. Only [`super::feed`] makes one, so nothing of a mail gets here with a bare line end, an undoubled dot or a
    /// second end in it (T02).
    pub(super) async fn pour(&mut self, wire: &Wire) -> Result<(), Broken> {
        self.write(wire.bytes()).await
    }

    /// The reply to a command.
    pub(super) async fn answer(&mut self) -> Result<Reply, Broken> {
        self.reply(self.timeouts.command).await
    }

    /// The reply to the final dot.
    pub(super) async fn last_answer(&mut self) -> Result<Reply, Broken> {
        self.reply(self.timeouts.last_reply).await
    }

    /// True if the peer has said something that nobody asked for, or is gone, as far as can be known without waiting.
    pub(super) async fn speaks(&mut self) -> bool {
        let said = arrived(&mut self.stream).await;
        let is_there = said.is_some();
        self.replies.push(&said.unwrap_or_default());
        is_there || !self.replies.is_empty()
    }

    /// A reply that may be waiting although the connection broke while we wrote: why the peer hung up.
    pub(super) async fn parting_words(&mut self) -> Option<Reply> {
        let reply = self.reply(Duration::from_secs(2)).await.ok();
        reply.filter(|r| r.is_temporary() || r.is_permanent())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let writing = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        let written = timeout(self.timeouts.block, writing).await;
        Ok(written.map_err(|_| Broken::TooSlow("nothing is taken"))??)
    }

    /// Says goodbye without waiting for an answer.
    pub(super) async fn quit(mut self) {
        // Politeness only: a peer that is gone already has lost nothing.
        let _ = timeout(Duration::from_secs(2), async {
            self.stream.write_all(b"QUIT\r\n").await?;
            self.stream.shutdown().await
        })
        .await;
    }

    async fn reply(&mut self, patience: Duration) -> Result<Reply, Broken> {
        timeout(patience, self.read_reply())
            .await
            .map_err(|_| Broken::TooSlow("no reply"))?
    }

    async fn read_reply(&mut self) -> Result<Reply, Broken> {
        let mut block = [0; 2048];
        loop {
            if let Some(reply) = self.replies.next().map_err(Broken::Nonsense)? {
                return Ok(reply);
            }
            match self.stream.read(&mut block).await? {
                0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                n => self.replies.push(&block[..n]),
            }
        }
    }
}

/// Commands that go out in one write.
#[derive(Debug, Default)]
pub(super) struct Group {
    bytes: Vec<u8>,
}

impl Group {
    /// Adds a command. What could end it early cannot be in it: addresses and parameters were checked at the door, and here again (T11).
    pub(super) fn push(&mut self, line: &str) -> Result<(), Broken> {
        if line.chars().any(char::is_control) {
            return Err(Broken::Lacking(
                "a command of ours held a control character",
            ));
        }
        self.bytes.extend_from_slice(line.as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
        Ok(())
    }
}

impl Offers {
    /// The first line is the peer's name.
    fn read(reply: &Reply) -> Self {
        let mut offers = Offers::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split_ascii_whitespace();
            match words.next().unwrap_or_default() {
                "8BITMIME" => offers.eight_bit = true,
                "AUTH" => offers.auth.extend(words.filter_map(Mechanism::named)),
                "DSN" => offers.dsn = true,
                "PIPELINING" => offers.pipelining = true,
                "REQUIRETLS" => offers.require_tls = true,
                "SIZE" => offers.size = true,
                "SMTPUTF8" => offers.utf8 = true,
                "STARTTLS" => offers.starttls = true,
                "XFORWARD" => offers.xforward = words.map(str::to_owned).collect(),
                _ => {}
            }
        }
        offers
    }
}

async fn connect(address: &HopAddress) -> Result<Box<dyn Io>, Broken> {
    match address {
        HopAddress::Tcp(host, port) => {
            let tcp = TcpStream::connect((host.as_str(), *port)).await?;
            tcp.set_nodelay(true)?;
            Ok(Box::new(tcp))
        }
        HopAddress::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
    }
}

async fn handshake(
    stream: Box<dyn Io>,
    hop: &NextHopConfig,
    tls: Option<&Arc<ClientConfig>>,
) -> Result<Box<dyn Io>, Broken> {
    let config = tls.ok_or(Broken::Lacking("TLS is not set up"))?;
    let name = match (&hop.tls, &hop.address) {
        (HopTls::Verify(name), _) | (_, HopAddress::Tcp(name, _)) => name.clone(),
        (_, HopAddress::Unix(_)) => "localhost".to_owned(),
    };
    let name = ServerName::try_from(name)
        .map_err(|_| Broken::Lacking("its name cannot stand in a certificate"))?;
    let shaking = TlsConnector::from(config.clone()).connect(name, stream);
    let secured = timeout(hop.timeouts.connect, shaking).await;
    Ok(Box::new(
        secured.map_err(|_| Broken::TooSlow("no TLS handshake"))??,
    ))
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Broken::Lost(error)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Lost(error) => write!(f, "the connection to the next hop: {error}"),
            Broken::Nonsense(why) => write!(f, "the next hop sent {why}"),
            Broken::Said(when, reply) => write!(f, "the next hop said {when}: {reply}"),
            Broken::Lacking(what) => write!(f, "the next hop: {what}"),
            Broken::TooSlow(what) => write!(f, "the next hop: {what} in time"),
        }
    }
}

impl std::error::Error for Broken {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_line_whatever_is_in_it_or_it_is_not_sent() {
        const PIECES: [&str; 12] = [
            "MAIL FROM:<a@b.example>",
            " ",
            "ö",
            "\u{2028}",
            "+0D+0A",
            "DATA",
            "\r\n",
            "\r",
            "\n",
            "\0",
            "\u{85}",
            "\x7f",
        ];
        let mut sent = 0;
        for number in 0..PIECES.len().pow(4) {
            let line: String = (0..4)
                .map(|i| PIECES[number / PIECES.len().pow(i) % PIECES.len()])
                .collect();
            let mut group = Group::default();
            match group.push(&line) {
                Ok(()) => {
                    sent += 1;
                    let end = group.bytes.len() - 2;
                    assert_eq!(&group.bytes[end..], b"\r\n");
                    let inside = &group.bytes[..end];
                    assert!(!inside.iter().any(|b| b"\r\n\0".contains(b)), "{line:?}");
                }
                Err(_) => assert!(line.contains(char::is_control), "{line:?}"),
            }
        }
        assert_eq!(sent, 6_usize.pow(4), "the harmless ones");
    }
}

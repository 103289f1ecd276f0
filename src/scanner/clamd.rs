//! ClamAV's daemon, over its socket: `INSTREAM` of clamd(8).
//!
//! Promises: one connection a file, nothing of the file but its bytes is said; clamd may answer before it heard all (its `StreamMaxLength`
//! is passed), and is heard then. Fails if it is not there, breaks off, or answers otherwise than *OK*, *FOUND* or *size limit exceeded*.

use super::{MOST_SAID, Scanner, Source, Verdict, tame};
use crate::Pending;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpStream, UnixStream};

/// Where clamd listens: the full path of its socket, or `host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clamd {
    /// `LocalSocket` of clamd.conf.
    Unix(PathBuf),
    /// `TCPAddr` and `TCPSocket`. Files go there unprotected.
    Tcp(String, u16),
}

/// It is neither a full path nor `host:port`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPlace;

impl fmt::Display for NoPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("neither the full path of a socket nor host:port")
    }
}

impl FromStr for Clamd {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        if text.starts_with('/') {
            return Ok(Clamd::Unix(text.into()));
        }
        let (host, port) = text.rsplit_once(':').ok_or(NoPlace)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        match port.parse() {
            Ok(port) if !host.is_empty() && !host.contains('/') => {
                Ok(Clamd::Tcp(host.to_owned(), port))
            }
            _ => Err(NoPlace),
        }
    }
}

impl fmt::Display for Clamd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Clamd::Unix(path) => write!(f, "{}", path.display()),
            Clamd::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Clamd::Tcp(host, port) => write!(f, "{host}:{port}"),
        }
    }
}

impl Clamd {
    async fn ask(&self, bytes: Source) -> Result<Verdict, String> {
        let lost = |e: io::Error| format!("clamd at {self}: {e}");
        match self {
            Clamd::Unix(path) => {
                let stream = UnixStream::connect(path).await.map_err(lost)?;
                talk(stream, bytes).await
            }
            Clamd::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await;
                talk(stream.map_err(lost)?, bytes).await
            }
        }
    }
}

impl Scanner for Clamd {
    fn scan<'a>(&'a self, _: &'a str, bytes: Source) -> Pending<'a, Result<Verdict, String>> {
        Box::pin(self.ask(bytes))
    }
}

async fn talk(stream: impl AsyncRead + AsyncWrite, bytes: Source) -> Result<Verdict, String> {
    let (from, to) = split(stream);
    let (saying, hearing) = (say(to, bytes), hear(from));
    tokio::pin!(saying, hearing);
    // Heard from the beginning: an answer that comes early is lost with the connection that clamd closes behind it.
    let (said, whole) = tokio::select! {
        biased;
        said = &mut hearing => (said, false),
        sent = &mut saying => (hearing.await, sent.is_ok()),
    };
    match judge(&said.map_err(|e| format!("clamd broke off: {e}"))?)? {
        Verdict::Clean if !whole => Err("clamd did not hear the file to its end".into()),
        verdict => Ok(verdict),
    }
}

/// `z`: words end with a zero byte. Each chunk has its length before it; one of no length is the end.
async fn say(to: impl AsyncWrite, mut bytes: Source) -> io::Result<()> {
    tokio::pin!(to);
    to.write_all(b"zINSTREAM\0").await?;
    while let Some(chunk) = bytes.recv().await {
        let Some(len) = u32::try_from(chunk.len()).ok().filter(|len| *len > 0) else {
            continue;
        };
        to.write_u32(len).await?;
        to.write_all(&chunk).await?;
    }
    to.write_u32(0).await?;
    to.flush().await
}

/// Up to its zero byte, and no further: where clamd closes before it has heard all, an error stands behind its answer.
async fn hear(from: impl AsyncRead) -> io::Result<Vec<u8>> {
    tokio::pin!(from);
    let mut said = Vec::new();
    while said.last() != Some(&0) && said.len() < MOST_SAID {
        match from.read_u8().await {
            Ok(byte) => said.push(byte),
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(e) => return Err(e),
        }
    }
    Ok(said)
}

fn judge(said: &[u8]) -> Result<Verdict, String> {
    let said = String::from_utf8_lossy(said);
    let said = said.trim_end_matches('\0').trim();
    match said.strip_prefix("stream: ") {
        Some("OK") => Ok(Verdict::Clean),
        Some(found) if found.ends_with(" FOUND") => {
            Ok(Verdict::Infected(tame(found.trim_end_matches(" FOUND"))))
        }
        _ if said.contains("size limit exceeded") => Ok(Verdict::TooLarge),
        _ if said.is_empty() => Err("clamd said nothing".into()),
        _ => Err(format!("clamd: {}", tame(said))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::duplex;
    use tokio::sync::mpsc;

    #[test]
    fn places_are_paths_or_ports() {
        for (text, place) in [
            (
                "/run/clamav/clamd.ctl",
                Clamd::Unix("/run/clamav/clamd.ctl".into()),
            ),
            ("127.0.0.1:3310", Clamd::Tcp("127.0.0.1".into(), 3310)),
            ("[::1]:3310", Clamd::Tcp("::1".into(), 3310)),
        ] {
            assert_eq!(text.parse(), Ok(place.clone()));
            assert_eq!(place.to_string(), text);
        }
        for wrong in [
            "",
            "clamd",
            "run/clamd.ctl",
            ":3310",
            "host:",
            "tcp://host:3310",
        ] {
            assert_eq!(wrong.parse::<Clamd>(), Err(NoPlace), "{wrong}");
        }
    }

    #[test]
    fn answers_are_told_apart_and_what_is_strange_is_not_clean() {
        let found = |name: &str| Ok(Verdict::Infected(name.into()));
        for (said, verdict) in [
            ("stream: OK\0", Ok(Verdict::Clean)),
            (
                "stream: Win.Test.EICAR_HDB-1 FOUND\0",
                found("Win.Test.EICAR_HDB-1"),
            ),
            ("stream: OK FOUND\0", found("OK")),
            (
                "INSTREAM size limit exceeded. ERROR\0",
                Ok(Verdict::TooLarge),
            ),
        ] {
            assert_eq!(judge(said.as_bytes()), verdict, "{said}");
        }
        for said in [
            "",
            "OK",
            "stream: OKAY",
            "stream: Can't open file ERROR",
            "UNKNOWN COMMAND",
        ] {
            assert!(judge(said.as_bytes()).is_err(), "{said}");
        }
    }

    /// What a scanner that hears so many bytes and then says this makes of 300,000 bytes.
    async fn against(heard: usize, said: &'static [u8]) -> Result<Verdict, String> {
        let (ours, mut theirs) = duplex(8192);
        let (to, bytes) = mpsc::channel(2);
        tokio::spawn(async move {
            for _ in 0..3 {
                if to.send(vec![7; 100_000]).await.is_err() {
                    return;
                }
            }
        });
        tokio::spawn(async move {
            let mut all = vec![0; heard];
            theirs.read_exact(&mut all).await.expect("so many come");
            theirs.write_all(said).await.expect("it is heard");
        });
        talk(ours, bytes).await
    }

    #[tokio::test]
    async fn who_did_not_hear_all_calls_nothing_clean() {
        let all = 10 + 3 * (4 + 100_000) + 4;
        assert_eq!(against(all, b"stream: OK\0").await, Ok(Verdict::Clean));
        assert!(against(50_000, b"stream: OK\0").await.is_err());
        let early = against(50_000, b"INSTREAM size limit exceeded. ERROR\0").await;
        assert_eq!(early, Ok(Verdict::TooLarge));
        let found = against(50_000, b"stream: Canary FOUND\0").await;
        assert_eq!(found, Ok(Verdict::Infected("Canary".into())));
        assert!(against(50_000, b"").await.is_err());
    }
}

//! Where mail goes on to: `smtp://host:port`, `lmtp://host:port` or `folder:PATH`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A next hop. A port is always written: a forgotten one would mean 25, and with it often ourselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextHop {
    /// A mail server.
    Smtp {
        /// Name or address, without brackets.
        host: String,
        /// 1 to 65535.
        port: u16,
    },
    /// A delivery agent: one answer per recipient.
    Lmtp {
        /// Name or address, without brackets.
        host: String,
        /// 1 to 65535.
        port: u16,
    },
    /// Each mail becomes a file: for trying out.
    Folder(PathBuf),
}

/// The text is no next hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoNextHop;

impl NextHop {
    /// The same with a folder counted from `base`.
    pub fn based(self, base: &Path) -> Self {
        match self {
            NextHop::Folder(path) => NextHop::Folder(base.join(path)),
            other => other,
        }
    }
}

impl FromStr for NextHop {
    type Err = NoNextHop;

    fn from_str(text: &str) -> Result<Self, NoNextHop> {
        if let Some(path) = text.strip_prefix("folder:").filter(|p| !p.is_empty()) {
            return Ok(NextHop::Folder(PathBuf::from(path)));
        }
        let (scheme, rest) = text.split_once("://").ok_or(NoNextHop)?;
        let (host, port) = host_and_port(rest).ok_or(NoNextHop)?;
        match scheme {
            "smtp" => Ok(NextHop::Smtp { host, port }),
            "lmtp" => Ok(NextHop::Lmtp { host, port }),
            _ => Err(NoNextHop),
        }
    }
}

fn host_and_port(text: &str) -> Option<(String, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.parse().ok().filter(|p| *p != 0)?;
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let fit = match bare {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
        }
    };
    fit.then(|| (bare.unwrap_or(host).to_owned(), port))
}

impl fmt::Display for NextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host, port) = match self {
            NextHop::Smtp { host, port } => ("smtp", host, port),
            NextHop::Lmtp { host, port } => ("lmtp", host, port),
            NextHop::Folder(path) => return write!(f, "folder:{}", path.display()),
        };
        match host.contains(':') {
            true => write!(f, "{scheme}://[{host}]:{port}"),
            false => write!(f, "{scheme}://{host}:{port}"),
        }
    }
}

impl fmt::Display for NoNextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a next hop is \"smtp://host:port\", \"lmtp://host:port\" or \"folder:PATH\"")
    }
}

impl std::error::Error for NoNextHop {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_kinds_read_and_print() {
        for text in [
            "smtp://127.0.0.1:10026",
            "lmtp://mail.example.org:24",
            "smtp://[::1]:25",
            "folder:/var/spool/out",
        ] {
            assert_eq!(
                text.parse::<NextHop>().map(|n| n.to_string()),
                Ok(text.into())
            );
        }
    }

    #[test]
    fn a_forgotten_port_is_refused() {
        for text in [
            "smtp://mail.example.org",
            "127.0.0.1:25",
            "smtp://:25",
            "smtp://a:0",
            "smtp://::1:25",
            "http://a:25",
            "folder:",
            "smtp://a b:25",
        ] {
            assert_eq!(text.parse::<NextHop>(), Err(NoNextHop), "{text}");
        }
    }
}

//! How a service hands its mail to the gateway.

use super::super::Finding;
use super::Look;
use super::milter::{Milter, milters};
use super::settings::Service;
use std::net::SocketAddr;

/// One of the three ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    /// `content_filter`, behind the queue.
    Content,
    /// `smtpd_proxy_filter`, before the queue.
    Proxy,
    /// `smtpd_milters`
    Milter,
}

impl Filter {
    /// The parameter.
    pub(super) fn word(self) -> &'static str {
        match self {
            Filter::Content => "content_filter",
            Filter::Proxy => "smtpd_proxy_filter",
            Filter::Milter => "smtpd_milters",
        }
    }
}

/// How this service reaches the gateway, if it does.
pub(super) fn of(look: Look<'_>, service: &Service) -> Result<Option<Filter>, Finding> {
    if content_filter(look, service)?.is_some() {
        return Ok(Some(Filter::Content));
    }
    // Only smtpd knows the other two.
    if service.program != "smtpd" {
        return Ok(None);
    }
    let proxy = look.settings.of(service, "smtpd_proxy_filter")?;
    if reaches(look, proxy, look.ours.smtp) {
        return Ok(Some(Filter::Proxy));
    }
    let milters = milters(look.settings.of(service, "smtpd_milters")?);
    let is_there = milters.iter().any(|milter| is_ours(look, milter));
    Ok(is_there.then_some(Filter::Milter))
}

/// The transport by which this service's mail goes to the gateway, if it does.
pub(super) fn content_filter<'a>(
    look: Look<'a>,
    service: &'a Service,
) -> Result<Option<&'a str>, Finding> {
    let value = look.settings.of(service, "content_filter")?;
    let to_us = value.split_once(':').filter(|(_, hop)| {
        reaches(look, hop, look.ours.lmtp) || reaches(look, hop, look.ours.smtp)
    });
    Ok(to_us.map(|(transport, _)| transport))
}

/// True if the milter is the gateway's.
pub(super) fn is_ours(look: Look<'_>, milter: &Milter) -> bool {
    use crate::mta::ours::MilterAt;
    match &look.ours.milter {
        None => false,
        Some(MilterAt::Tcp(at)) => {
            let place = milter.address.strip_prefix("inet:");
            place.is_some_and(|place| reaches(look, place, Some(*at)))
        }
        Some(MilterAt::Unix(path)) => {
            let queue = look.settings.main("queue_directory").unwrap_or_default();
            let path = path.display().to_string();
            milter.path().is_some_and(|written| {
                written == path || format!("{}/{written}", queue.trim_end_matches('/')) == path
            })
        }
    }
}

/// `inet:127.0.0.1:10025`, `[127.0.0.1]:10024`, `files.example.org:25` is where we listen.
fn reaches(look: Look<'_>, written: &str, at: Option<SocketAddr>) -> bool {
    let Some(at) = at else {
        return false;
    };
    let place = written.trim().trim_start_matches("inet:");
    let Some((host, port)) = place.rsplit_once(':') else {
        return false;
    };
    let host = host.trim_matches(['[', ']']);
    let same = match host.parse::<std::net::IpAddr>() {
        // On every address: on this one too.
        Ok(ip) => ip == at.ip() || at.ip().is_unspecified(),
        Err(_) => host == look.ours.hostname || (host == "localhost" && at.ip().is_loopback()),
    };
    same && port.parse() == Ok(at.port())
}

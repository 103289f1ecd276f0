//! Who asks: language, cookie and address.

use super::pages::suffix;
use super::session::Cookie;
use super::{CookieName, Portal, badge};
use crate::gateway::collect::Caller;
use crate::mail::MailId;
use crate::mail::network::Network;
use crate::transfer::DeviceSecret;
use crate::transfer::quick::Badge;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

/// The other end of a connection, put into each request by `server`.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// What is known of a reader from one request.
#[derive(Debug)]
pub struct Visitor {
    /// A language chosen on the page.
    pub chosen: Option<&'static str>,
    /// The browser's first language that we have.
    pub browser: Option<&'static str>,
    /// The session, if there is one.
    pub cookie: Option<Cookie>,
    /// What the browser is known by, if it has opened anything before.
    pub device: Option<DeviceSecret>,
    /// What a browser is known by that waits for a code to write with.
    pub waiting: Option<DeviceSecret>,
    /// What a browser is known by that proved an address.
    pub guest: Option<Cookie>,
    /// What it has to be a device that needs no password, for each mailbox.
    pub quick: Vec<Badge>,
    /// What the browser calls itself, cut short.
    pub browser_name: String,
    /// The terms of use that its reader agreed to, as its cookie says.
    pub agreed: Option<String>,
    /// Where the request came from, as far as proxies can be believed.
    pub address: Option<IpAddr>,
    /// To find the request in the log.
    pub reference: MailId,
}

impl Visitor {
    /// For `gateway::collect`.
    pub fn caller(&self, remember: bool) -> Caller {
        Caller {
            device: self.device.clone(),
            address: self.address,
            remember,
            quick: self.quick.clone(),
            browser: self.browser_name.clone(),
            passkey: None,
        }
    }

    /// What links carry to keep a language that was chosen.
    pub fn suffix(&self) -> String {
        suffix(self.chosen)
    }

    /// The language of a page whose own language is `own`.
    pub fn language(&self, portal: &Portal, own: Option<&str>) -> &'static str {
        match (self.chosen, own) {
            (Some(chosen), _) => chosen,
            (None, Some(own)) => portal.texts.language(Some(own)),
            (None, None) => self.browser.unwrap_or(portal.texts.language(None)),
        }
    }
}

impl FromRequestParts<Arc<Portal>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        portal: &Arc<Portal>,
    ) -> Result<Self, Infallible> {
        let fields = &parts.headers;
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
        let ours = portal.texts.configured();
        let named = |which: CookieName| cookie(fields, which.of(portal.encrypted()));
        Ok(Visitor {
            chosen: chosen(parts.uri.query().unwrap_or_default(), &ours),
            browser: browser(text(fields, &header::ACCEPT_LANGUAGE), &ours),
            cookie: named(CookieName::Session),
            device: named(CookieName::Known).map(|cookie| cookie.device()),
            waiting: named(CookieName::Waiting).map(|cookie| cookie.device()),
            guest: named(CookieName::Guest),
            quick: badge::read(fields, CookieName::Quick.of(portal.encrypted())),
            browser_name: text(fields, &header::USER_AGENT)
                .chars()
                .take(500)
                .collect(),
            agreed: named(CookieName::Terms).map(|cookie| cookie.expose()),
            address: peer.map(|peer| client(peer, fields, &portal.trusted)),
            reference: MailId::fresh(),
        })
    }
}

pub(super) fn text<'a>(fields: &'a HeaderMap, name: &HeaderName) -> &'a str {
    fields
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn chosen(query: &str, ours: &[&'static str]) -> Option<&'static str> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .and_then(|wish| ours.iter().find(|l| **l == wish).copied())
}

/// The first of ours in the order the browser wrote; browsers write the dearest first.
fn browser(accept: &str, ours: &[&'static str]) -> Option<&'static str> {
    accept.split(',').take(20).find_map(|one| {
        let main = one.trim().split(['-', ';']).next().unwrap_or_default();
        ours.iter().find(|l| l.eq_ignore_ascii_case(main)).copied()
    })
}

/// All cookies of a request: names and values.
pub(super) fn cookies(fields: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    fields
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// A cookie that stands twice is nobody's: one of them was planted.
fn cookie(fields: &HeaderMap, name: &str) -> Option<Cookie> {
    let mut found = cookies(fields).filter(|(n, _)| *n == name);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Cookie::read(value),
        _ => None,
    }
}

/// The last address of `X-Forwarded-For` that a listed proxy did not write itself; anyone else's word counts nothing.
fn client(peer: IpAddr, fields: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    let ours = |address| trusted.iter().any(|network| network.contains(address));
    if !ours(peer) {
        return peer;
    }
    let forwarded: Vec<&str> = fields
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    let mut client = peer;
    for hop in forwarded.into_iter().rev() {
        match hop.trim().parse::<IpAddr>() {
            Ok(hop) => client = hop.to_canonical(),
            Err(_) => break,
        }
        if !ours(client) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, value.parse().expect("a value"));
        }
        map
    }

    #[test]
    fn only_listed_proxies_are_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let trusted = ["10.0.0.0/30".parse().expect("a network")];
        let rows = [
            ("192.0.2.9", "198.51.100.1", "192.0.2.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "203.0.113.5, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "rubbish", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, rubbish", "10.0.0.1"),
            ("::ffff:10.0.0.1", "2001:db8::7", "2001:db8::7"),
            ("10.0.0.1", "", "10.0.0.1"),
        ];
        for (peer, forwarded, expected) in rows {
            let fields = fields(&[("x-forwarded-for", forwarded)]);
            let row = format!("{peer} {forwarded}");
            assert_eq!(client(ip(peer), &fields, &trusted), ip(expected), "{row}");
        }
    }

    #[test]
    fn a_doubled_cookie_is_none() {
        let value = "ab".repeat(32);
        let one = fields(&[("cookie", &format!("a=b; cloakroom={value}"))]);
        assert!(cookie(&one, "cloakroom").is_some());
        assert!(cookie(&one, "__Host-cloakroom").is_none());
        let two = fields(&[("cookie", &format!("cloakroom={value}; cloakroom={value}"))]);
        assert!(cookie(&two, "cloakroom").is_none());
    }

    #[test]
    fn the_language_is_the_chosen_one_or_the_browsers() {
        let ours = ["en", "sv"];
        assert_eq!(chosen("a=b&lang=sv", &ours), Some("sv"));
        assert_eq!(chosen("lang=xx", &ours), None);
        assert_eq!(chosen("lang=%73v", &ours), None);
        assert_eq!(
            browser("fr-FR,fr;q=0.9,SV-fi;q=0.8,en;q=0.7", &ours),
            Some("sv")
        );
        assert_eq!(browser("*", &ours), None);
    }
}

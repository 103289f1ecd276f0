//! Where mail comes back from the gateway: open to the gateway alone, and without the gateway once more.

use super::super::{Finding, open_at};
use super::filter;
use super::settings::{Service, list};
use super::{Found, Look};
use crate::mail::Network;
use crate::mta::ours::Place;
use std::net::IpAddr;

/// The services behind `intake.next_hop` and `intake.next_hop_verified_tls`.
pub(super) fn services(look: Look<'_>) -> Vec<&Service> {
    let places = [&look.ours.back, &look.ours.back_verified];
    let places: Vec<&Place> = places.into_iter().flatten().collect();
    let all = look.settings.services.iter();
    let is_back =
        |s: &&Service| s.program == "smtpd" && places.iter().any(|place| listens(s, place));
    all.filter(is_back).collect()
}

pub(super) fn check(look: Look<'_>) -> Found {
    let mut found = Vec::new();
    for (key, place) in [
        ("next_hop", &look.ours.back),
        ("next_hop_verified_tls", &look.ours.back_verified),
    ] {
        let Some(place) = place else { continue };
        let service = services(look)
            .into_iter()
            .find(|service| listens(service, place));
        match service {
            Some(service) => found.extend(judge(look, service, place)?),
            None => found.push(Finding::fail(
                format!("no service listens at {place}"),
                "master.cf",
                "The gateway cannot hand mail on; it waits, and nothing leaves.",
                format!("cloakroom recipe postfix: its lines at the end of master.cf, or another intake.{key}"),
            )),
        }
    }
    Ok(found)
}

/// `10026`, `127.0.0.1:10026`, `[::1]:10026`
fn listens(service: &Service, place: &Place) -> bool {
    let (host, port) = split(&service.name);
    let port_is = port == place.port.to_string() || (port == "smtp" && place.port == 25);
    let same = |host: &str| match (host.parse::<IpAddr>(), place.host.parse::<IpAddr>()) {
        (Ok(one), Ok(other)) => one == other || one.is_unspecified(),
        _ => host == place.host || (host == "localhost" && place.is_loopback()),
    };
    service.kind == "inet" && port_is && host.is_none_or(same)
}

/// Host, if there is one, and port.
pub(super) fn split(name: &str) -> (Option<&str>, &str) {
    match name.rsplit_once(':') {
        Some((host, port)) => (Some(host.trim_matches(['[', ']'])), port),
        None => (None, name),
    }
}

fn judge(look: Look<'_>, service: &Service, place: &Place) -> Found {
    let mut found = Vec::new();
    if let Some(way) = filter::of(look, service)? {
        let name = way.word();
        found.push(Finding::fail(
            "mail that comes back goes to the gateway again",
            look.settings.place(service, name),
            "It goes in circles until Postfix counts too many hops.",
            service.set(name, ""),
        ));
    }
    found.extend(open_door(look, service, place)?);
    found.extend(trusted(look, service)?);
    found.extend(strangers(look, service)?);
    Ok(found)
}

/// T55: whoever connects there sends past the gateway.
fn open_door(look: Look<'_>, service: &Service, place: &Place) -> Found {
    if !place.is_loopback() {
        return Ok(Vec::new());
    }
    let interfaces = look.settings.main("inet_interfaces")?;
    let (host, _) = split(&service.name);
    let is_here = |host: &str| {
        host == "localhost"
            || host == "loopback-only"
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    };
    let is_closed = match host {
        Some(host) => is_here(host),
        None => list(interfaces)
            .iter()
            .all(|word| is_here(word.trim_matches(['[', ']']))),
    };
    let answers = open_at(look.probes, place.port);
    if is_closed && answers.is_none() {
        return Ok(Vec::new());
    }
    let seen = answers.map_or("it listens on more than loopback".to_owned(), |at| {
        format!("it answers at {at}")
    });
    Ok(vec![Finding::fail(
        format!("the way back is open to other machines: {seen}"),
        format!("master.cf: {}", service.key()),
        "Whoever reaches it sends past the gateway.",
        format!("{place} in the first column of its line"),
    )])
}

/// `mynetworks` of the service: the gateway, and nobody else.
fn trusted(look: Look<'_>, service: &Service) -> Found {
    let value = look.settings.of(service, "mynetworks")?;
    let ours = look.ours.networks();
    let allowed: Vec<Network> = ours
        .iter()
        .filter_map(|text| network(text))
        .chain(Network::loopback())
        .collect();
    let is_ours = |word: &String| {
        let Some(theirs) = network(word) else {
            return false;
        };
        let first = word
            .trim_matches(['[', ']'])
            .split(['/', ']'])
            .next()
            .unwrap_or_default();
        let first = first.parse::<IpAddr>();
        first.is_ok_and(|first| {
            allowed
                .iter()
                .any(|n| n.contains(first) && n.prefix() <= theirs.prefix())
        })
    };
    let wide: Vec<String> = list(value)
        .into_iter()
        .filter(|word| !is_ours(word))
        .collect();
    if wide.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Finding::fail(
        format!("it trusts more than the gateway: {}", wide.join(" ")),
        look.settings.place(service, "mynetworks"),
        "These can send past the gateway.",
        service.set("mynetworks", &ours.join(",")),
    )])
}

/// Postfix writes the address of an IPv6 network in brackets.
fn network(text: &str) -> Option<Network> {
    text.replace(['[', ']'], "").parse().ok()
}

/// Who is not of `mynetworks` must not be let through.
fn strangers(look: Look<'_>, service: &Service) -> Found {
    let mut found = Vec::new();
    let name = "smtpd_relay_restrictions";
    let value = look.settings.of(service, name)?;
    let words = list(value);
    let closes = words
        .iter()
        .position(|word| word == "reject" || word == "reject_unauth_destination");
    let lets = |word: &String| {
        word.starts_with("permit")
            && !["permit_mynetworks", "permit_auth_destination"].contains(&word.as_str())
    };
    let early = words[..closes.unwrap_or(words.len())]
        .iter()
        .find(|word| lets(word));
    let logins = look.settings.of(service, "smtpd_sasl_auth_enable")? == "yes";
    let is_harmless = |word: &&String| *word == "permit_sasl_authenticated" && !logins;
    if closes.is_none() || early.is_some_and(|word| !is_harmless(&word)) {
        found.push(Finding::fail(
            format!("it lets through more than the gateway: {value}"),
            look.settings.place(service, name),
            "Others can send past the gateway.",
            service.set(name, "permit_mynetworks,reject"),
        ));
    }
    Ok(found)
}

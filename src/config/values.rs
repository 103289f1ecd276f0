//! The forms of single values in the configuration: domains, URLs, networks, senders. Each notes its own mistake.

use super::reader::{Reader, Value, choice, list, parsed, text};
use crate::mail::network::is_public;
use crate::mail::{Address, Network};
use crate::transfer::PasswordRules;
use crate::transfer::password_rules::{MOST_ASKED, WORDS};
use crate::units::Period;
use jiff::tz::TimeZone;
use std::net::IpAddr;

const OFF_OR_FILES: &[(&str, Option<bool>)] =
    &[("off", Some(false)), ("files", Some(true)), ("acme", None)];

pub(super) fn tls_mode(reader: &Reader<'_>, value: &Value<'_>) -> Option<bool> {
    let mode = choice(OFF_OR_FILES)(reader, value)?;
    if mode.is_none() {
        let help =
            "use \"files\" with a certificate from certbot or lego, or a web server in front";
        reader.wrong(value.span(), "\"acme\" is not in this version", Some(help));
    }
    mode
}

/// Something that is done or not.
pub(super) fn off_or_on(reader: &Reader<'_>, value: &Value<'_>) -> Option<bool> {
    choice(&[("off", false), ("on", true)])(reader, value)
}

/// A network whose members may send through us: never everybody.
pub(super) fn sending_network(reader: &Reader<'_>, value: &Value<'_>) -> Option<Network> {
    let network: Network = parsed(reader, value)?;
    if network.is_the_world() {
        let help =
            "name your mail servers, such as \"192.0.2.10\"; people sign in on intake.submission";
        reader.wrong(
            value.span(),
            "this would open the gateway to strangers",
            Some(help),
        );
        return None;
    }
    Some(network)
}

/// How long a client waits after its final dot: ten minutes at most (RFC 5321 section 4.5.3.2.6), and a mail needs some seconds.
pub(super) fn answering(reader: &Reader<'_>, value: &Value<'_>) -> Option<Period> {
    let period: Period = parsed(reader, value)?;
    if (10..=570).contains(&period.0.as_secs()) {
        return Some(period);
    }
    let help = "from \"10 seconds\" to \"570 seconds\", and less than what your mail server waits for a filter";
    reader.wrong(
        value.span(),
        format!("no mail can be answered within {period}"),
        Some(help),
    );
    None
}

/// How long the rest of a mail is tried: RFC 5321 section 4.5.4.1 wants four to five days; beyond a month nobody waits for it.
pub(super) fn retrying(reader: &Reader<'_>, value: &Value<'_>) -> Option<Period> {
    let period: Period = parsed(reader, value)?;
    if (3600..=30 * 86_400).contains(&period.0.as_secs()) {
        return Some(period);
    }
    reader.wrong(
        value.span(),
        format!("no mail can be tried for {period}"),
        Some("from \"1 hour\" to \"30 days\"; \"5 days\" is usual"),
    );
    None
}

pub(super) fn domain(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let written = text(reader, value)?;
    match format!("x@{written}").parse::<Address>() {
        Ok(address) if !written.starts_with('[') => Some(address.domain().to_owned()),
        _ => {
            let message = format!("\"{written}\" is no domain");
            reader.wrong(value.span(), message, None);
            None
        }
    }
}

pub(super) fn language(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let tag = text(reader, value)?;
    if tag.parse::<unic_langid::LanguageIdentifier>().is_ok() {
        return Some(tag);
    }
    let help = "a tag such as \"en\" or \"sv\"";
    reader.wrong(
        value.span(),
        format!("\"{tag}\" is no language"),
        Some(help),
    );
    None
}

pub(super) fn time_zone(reader: &Reader<'_>, value: &Value<'_>) -> Option<TimeZone> {
    let name = text(reader, value)?;
    let zone = TimeZone::get(&name).ok();
    if zone.is_none() {
        let help = "a name such as \"Europe/Stockholm\" or \"UTC\"";
        reader.wrong(
            value.span(),
            format!("\"{name}\" is no time zone"),
            Some(help),
        );
    }
    zone
}

pub(super) fn channel_word(
    reader: &Reader<'_>,
    value: &Value<'_>,
    known: Option<&[String]>,
) -> Option<String> {
    let word = text(reader, value)?;
    // Without channels that could be read there is nothing to compare with.
    let Some(known) = known.filter(|k| !k.contains(&word)) else {
        return Some(word);
    };
    let help = format!("there are: {}", known.join(", "));
    reader.wrong(
        value.span(),
        format!("no channel has the name or kind \"{word}\""),
        Some(&help),
    );
    None
}

/// `12 characters`, `upper` and so on, all of them.
pub(super) fn password_rules(reader: &Reader<'_>, value: &Value<'_>) -> Option<PasswordRules> {
    let (words, mut rules) = (list(text)(reader, value)?, PasswordRules::default());
    match words.iter().find(|word| !rules.add(word)) {
        None => Some(rules),
        Some(word) => {
            let help = format!(
                "there are: 12 characters (1 to {MOST_ASKED}), {}",
                WORDS.join(", ")
            );
            let message = format!("no password rule is called \"{word}\"");
            reader.wrong(value.span(), message, Some(&help));
            None
        }
    }
}

/// `Name <local@domain>` or `local@domain`.
pub(super) fn mailbox(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let written = text(reader, value)?;
    let address = match written.rsplit_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => written.as_str(),
    };
    match address.parse::<Address>() {
        Ok(_) if !written.contains('\n') => Some(written),
        _ => {
            let help = "such as \"Example Region Files <files@example.org>\"";
            reader.wrong(value.span(), "this is no sender", Some(help));
            None
        }
    }
}

/// One whole address: somebody who can be asked.
pub(super) fn person(reader: &Reader<'_>, value: &Value<'_>) -> Option<Address> {
    let written = text(reader, value)?;
    let address = written.parse::<Address>().ok();
    let address = address.filter(|address| !address.domain().is_empty());
    if address.is_none() {
        let message = format!("\"{written}\" is no address");
        reader.wrong(value.span(), message, Some("such as \"dpo@example.org\""));
    }
    address
}

pub(super) fn help_url(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let url = text(reader, value)?;
    if is_web(&url) && url.starts_with("https://") {
        return Some(url);
    }
    reader.wrong(value.span(), "a help page has an https:// address", None);
    None
}

/// The start of every link: scheme and host, nothing behind (T52).
pub(super) fn portal_url(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let written = text(reader, value)?;
    let url = written.strip_suffix('/').unwrap_or(&written);
    let (message, help) = match url {
        _ if !is_web(url) => (
            "this is no web address",
            "write \"https://files.example.org\"",
        ),
        _ if url.splitn(4, '/').nth(3).is_some() => (
            "links need the whole host, without a path",
            "use a name of its own, such as \"https://files.example.org\"",
        ),
        _ if url.starts_with("http://") && !is_loopback_http(url) => (
            "passwords would travel unprotected",
            "write https://; http:// is possible only for this machine",
        ),
        _ => return Some(url.to_owned()),
    };
    reader.wrong(value.span(), message, Some(help));
    None
}

pub(super) fn is_web(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|r| !r.is_empty() && !r.starts_with(['/', ':']))
        && url
            .chars()
            .all(|c| c.is_ascii_graphic() && !"<>\"'\\@{}`".contains(c))
}

/// The host of a URL, without port and brackets.
pub(super) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // `http://localhost:1@elsewhere/` goes elsewhere.
    if authority.contains('@') {
        return "";
    }
    match authority.strip_prefix('[').and_then(|a| a.split_once(']')) {
        Some((v6, _)) => v6,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Plain HTTP to this machine: nothing leaves it.
pub(super) fn is_loopback_http(url: &str) -> bool {
    let host = host_of(url);
    url.starts_with("http://")
        && (host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()))
}

/// True for a URL whose host is, as it is written, this machine or in a private network (T100). Other names show it when they are resolved.
pub(super) fn leads_inside(url: &str) -> bool {
    let host = host_of(url);
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| !is_public(ip))
}

/// This machine or a private network (RFC 1918, RFC 4193, link-local).
pub(super) fn is_inside(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

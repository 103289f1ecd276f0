//! The ways mail takes into Postfix from people and programs of the house: each must lead to the gateway, or lead nowhere else.

use super::super::Finding;
use super::filter::{Filter, content_filter};
use super::milter::milters;
use super::settings::{Service, list};
use super::{Found, Look, back, filter};

pub(super) fn check(look: Look<'_>) -> Found {
    let mut found = Vec::new();
    let all = look.settings.services.iter();
    let is_way = |s: &&Service| ["smtpd", "qmqpd"].contains(&s.program.as_str());
    let backs = back::services(look);
    let ways = all.filter(is_way).filter(|s| !backs.contains(s));
    for service in ways {
        let lets_out = service.program == "qmqpd" || lets_out(look, service)?;
        match filter::of(look, service)? {
            Some(Filter::Content) => found.extend(aliases(look, service)?),
            Some(Filter::Milter) => found.extend(switched_off(look, service)?),
            Some(Filter::Proxy) => found.extend(blind(look, service)?),
            None if lets_out => found.push(past_us(look, service)),
            None => {}
        }
    }
    found.extend(programs(look)?);
    Ok(found)
}

/// What `/usr/sbin/sendmail` takes: cron, scripts, web pages (T56).
fn programs(look: Look<'_>) -> Found {
    let Some(pickup) = look
        .settings
        .services
        .iter()
        .find(|s| s.program == "pickup")
    else {
        return Ok(Vec::new());
    };
    if content_filter(look, pickup)?.is_some() {
        return aliases(look, pickup);
    }
    let milters = milters(look.settings.main("non_smtpd_milters")?);
    if milters.iter().any(|milter| filter::is_ours(look, milter)) {
        return switched_off(look, pickup);
    }
    let (place, mend) = match wiring(look)? {
        Filter::Milter => (
            "main.cf: non_smtpd_milters".to_owned(),
            "cloakroom recipe postfix-milter: its lines for main.cf".to_owned(),
        ),
        _ => (
            format!("master.cf: {}: content_filter", pickup.key()),
            pickup.set("content_filter", &to_us(look)),
        ),
    };
    Ok(vec![Finding::fail(
        "what programs of this machine send does not go to the gateway",
        place,
        "Mail of cron, scripts and web pages takes /usr/sbin/sendmail, and leaves as it is.",
        mend,
    )])
}

fn past_us(look: Look<'_>, service: &Service) -> Finding {
    let key = service.key();
    let is_incoming =
        ["smtp", "25"].contains(&back::split(&service.name).1) || service.kind == "pass";
    let (parameter, value) = match (is_incoming, wiring(look)) {
        (true, _) => (
            "smtpd_relay_restrictions",
            "reject_unauth_destination".to_owned(),
        ),
        (_, Ok(Filter::Proxy)) => ("smtpd_proxy_filter", address(look.ours.smtp)),
        (_, Ok(Filter::Milter)) => ("smtpd_milters", "$cloakroom_milters".to_owned()),
        _ => ("content_filter", to_us(look)),
    };
    Finding::fail(
        "people can send through it, and their mail does not go to the gateway",
        format!("master.cf: {key}: {parameter}"),
        "Files leave in the clear by this service.",
        service.set(parameter, &value),
    )
}

/// The way that this Postfix takes already; else the one that our doors are for.
fn wiring(look: Look<'_>) -> Result<Filter, Finding> {
    let mut sessions = look
        .settings
        .services
        .iter()
        .filter(|s| s.program == "smtpd");
    if let Some(way) = sessions.find_map(|service| filter::of(look, service).transpose()) {
        return way;
    }
    let internal = milters(look.settings.main("non_smtpd_milters")?);
    let asks = internal.iter().any(|milter| filter::is_ours(look, milter));
    Ok(match (asks, look.ours.lmtp, look.ours.smtp) {
        (false, Some(_), _) => Filter::Content,
        (false, None, Some(_)) => Filter::Proxy,
        _ => Filter::Milter,
    })
}

fn address(at: Option<std::net::SocketAddr>) -> String {
    at.map_or("HOST:PORT".to_owned(), |at| at.to_string())
}

/// A `content_filter` that leads to us, as the recipes have it.
fn to_us(look: Look<'_>) -> String {
    match look.ours.lmtp {
        Some(at) => format!("cloakroom:inet:{at}"),
        None => match look.ours.smtp {
            // No MX is looked up for what stands in brackets.
            Some(at) => format!("cloakroom:[{}]:{}", at.ip(), at.port()),
            None => format!("cloakroom:{}", address(None)),
        },
    }
}

/// `sales@example.org`, an alias that leads outside, must have become its addresses before the gateway asks who is a colleague.
fn aliases(look: Look<'_>, service: &Service) -> Found {
    let value = look.settings.of(service, "receive_override_options")?;
    if !list(value).iter().any(|word| word == "no_address_mappings") {
        return Ok(Vec::new());
    }
    Ok(vec![overridden(
        look,
        service,
        "no_address_mappings",
        "An alias of your own that leads outside looks like a colleague to the gateway.",
    )])
}

/// `no_milters` is stronger than every list of milters.
fn switched_off(look: Look<'_>, service: &Service) -> Found {
    let value = look.settings.of(service, "receive_override_options")?;
    if !list(value).iter().any(|word| word == "no_milters") {
        return Ok(Vec::new());
    }
    Ok(vec![overridden(
        look,
        service,
        "no_milters",
        "No milter sees mail of this service, whatever else is written.",
    )])
}

fn overridden(look: Look<'_>, service: &Service, word: &str, why: &str) -> Finding {
    let name = "receive_override_options";
    let value = look.settings.of(service, name).unwrap_or_default();
    let rest: Vec<String> = list(value).into_iter().filter(|w| w != word).collect();
    Finding::fail(
        format!("{word} in front of the gateway"),
        look.settings.place(service, name),
        why,
        look.settings.mend(service, name, &rest.join(",")),
    )
}

/// A milter of ours beside the proxy would see commands only; but who has both has mistaken one.
fn blind(look: Look<'_>, service: &Service) -> Found {
    let value = look.settings.of(service, "smtpd_milters")?;
    let has_ours = milters(value).iter().any(|m| filter::is_ours(look, m));
    Ok(Vec::from_iter(has_ours.then(|| {
        Finding::fail(
            "the gateway's milter and smtpd_proxy_filter on one service",
            look.settings.place(service, "smtpd_milters"),
            "Postfix shows milters no content where it has a proxy.",
            service.set("smtpd_milters", ""),
        )
    })))
}

/// Whether who connects there can send to other domains: both lists must let him (postconf(5), `smtpd_relay_restrictions`).
pub(super) fn lets_out(look: Look<'_>, service: &Service) -> Result<bool, Finding> {
    let of = |name| look.settings.of(service, name);
    let trusts = !of("mynetworks")?.is_empty();
    let logins = of("smtpd_sasl_auth_enable")? == "yes";
    let lets = |value: &str| {
        for word in list(value) {
            match word.as_str() {
                "permit_mynetworks" if !trusts => {}
                "permit_sasl_authenticated" if !logins => {}
                "permit_auth_destination" | "permit_dnswl_client" => {}
                "reject" | "defer" | "reject_unauth_destination" | "defer_unauth_destination" => {
                    return false;
                }
                word if word.starts_with("permit") => return true,
                _ => {}
            }
        }
        true
    };
    Ok(lets(of("smtpd_relay_restrictions")?) && lets(of("smtpd_recipient_restrictions")?))
}

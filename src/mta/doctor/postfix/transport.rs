//! The transport that a `content_filter` names: it must be there, be patient, and change nothing.

use super::super::period::seconds;
use super::super::{Finding, MARGIN};
use super::filter::Filter;
use super::filter::content_filter;
use super::settings::Service;
use super::{Found, Look, filter};
use std::collections::BTreeSet;

pub(super) fn check(look: Look<'_>) -> Found {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for service in &look.settings.services {
        names.extend(content_filter(look, service)?);
        if filter::of(look, service)? == Some(Filter::Proxy) {
            found.extend(patience(look, service, "smtpd_proxy_timeout")?);
        }
    }
    for name in names {
        match look.settings.service(name, "unix") {
            Some(transport) => found.extend(judge(look, transport)?),
            None => found.push(Finding::fail(
                format!("content_filter names a service that is not there: {name}"),
                "master.cf",
                "Mail waits in the queue for a way that does not exist.",
                "cloakroom recipe postfix: its lines at the end of master.cf",
            )),
        }
    }
    Ok(found)
}

fn judge(look: Look<'_>, transport: &Service) -> Found {
    let program = transport.program.as_str();
    if !["lmtp", "smtp"].contains(&program) {
        return Ok(vec![Finding::fail(
            format!("content_filter leads to {program}"),
            format!("master.cf: {}", transport.key()),
            "Only lmtp and smtp speak with the gateway.",
            "cloakroom recipe postfix: its lines at the end of master.cf",
        )]);
    }
    let mut found = patience(look, transport, &format!("{program}_data_done_timeout"))?;
    let name = "disable_mime_output_conversion";
    if look.settings.of(transport, name)? != "yes" {
        found.push(Finding::fail(
            "Postfix may encode a mail anew on its way to the gateway",
            format!("master.cf: {}: {name}", transport.key()),
            "What the gateway sees, and signatures in it, would not be what the sender wrote.",
            transport.set(name, "yes"),
        ));
    }
    let name = format!("{program}_generic_maps");
    if !look.settings.of(transport, &name)?.is_empty() {
        found.push(Finding::fail(
            "addresses are rewritten on the way to the gateway",
            look.settings.place(transport, &name),
            "The gateway would take colleagues for strangers, or strangers for colleagues.",
            transport.set(&name, ""),
        ));
    }
    let name = format!("{program}_send_xforward_command");
    if look.settings.of(transport, &name)? != "yes" {
        let why = "Log and rules see this server instead of the machine that a mail came from.";
        let what = "the gateway does not hear who the client was";
        let place = format!("master.cf: {}: {name}", transport.key());
        found.push(Finding::fail(what, place, why, transport.set(&name, "yes")).note());
    }
    Ok(found)
}

/// Who gives up before we answer sends a second copy, or refuses a mail that has left.
pub(super) fn patience(look: Look<'_>, service: &Service, name: &str) -> Found {
    let value = look.settings.of(service, name)?;
    let needed = look.ours.answer_within + MARGIN;
    if seconds(value, 1).is_some_and(|time| time >= needed) {
        return Ok(Vec::new());
    }
    Ok(vec![Finding::fail(
        format!(
            "{value}; the gateway answers within {} seconds",
            look.ours.answer_within
        ),
        look.settings.place(service, name),
        "Postfix gives up a mail that the gateway still works at, and sends it again.",
        service.set(name, &format!("{}s", needed.max(300))),
    )])
}

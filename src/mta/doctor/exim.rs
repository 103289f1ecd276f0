//! Exim: does all that leaves take the gateway's router, does it wait when the gateway fails, and is the way back closed to others?
//!
//! Judges what `exim -bP` prints. Leaves to others: what is in ACLs, and what expansions say at run time.

use super::period::seconds;
use super::{Finding, MARGIN, Probe, Report, open_at};
use crate::mta::ours::{Ours, Place};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What counts of an Exim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    main: BTreeMap<String, String>,
    routers: Vec<Driver>,
    transports: Vec<Driver>,
}

/// A router or a transport. A switch that is on has an empty value, one that is off begins with `no_`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Driver {
    name: String,
    options: BTreeMap<String, String>,
}

impl Settings {
    /// Reads `exim -bP`, `exim -bP routers`, `exim -bP transports`.
    pub fn parse(main: &str, routers: &str, transports: &str) -> Settings {
        Settings {
            main: main.lines().filter_map(option).collect(),
            routers: drivers(routers, " router:"),
            transports: drivers(transports, " transport:"),
        }
    }

    fn main(&self, name: &str) -> Result<&str, Finding> {
        let value = self.main.get(name).map(String::as_str);
        value.ok_or_else(|| {
            Finding::unread(format!("exim.conf: {name}"), format!("exim -bP {name}"))
        })
    }

    fn transport(&self, name: &str) -> Option<&Driver> {
        self.transports
            .iter()
            .find(|transport| transport.name == name)
    }
}

impl Driver {
    fn get(&self, name: &str) -> &str {
        self.options.get(name).map_or("", String::as_str)
    }

    fn is(&self, switch: &str) -> bool {
        self.options.contains_key(switch)
    }
}

fn option(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let (name, value) = line.split_once('=').unwrap_or((line, ""));
    let pair = (name.trim().to_owned(), value.trim().to_owned());
    Some(pair).filter(|(name, _)| !name.is_empty())
}

fn drivers(text: &str, ending: &str) -> Vec<Driver> {
    let mut all: Vec<Driver> = Vec::new();
    for line in text.lines() {
        match (line.strip_suffix(ending), all.last_mut()) {
            (Some(name), _) => all.push(Driver {
                name: name.trim().to_owned(),
                options: BTreeMap::new(),
            }),
            (None, Some(last)) => last.options.extend(option(line)),
            // Above the first.
            (None, None) => {}
        }
    }
    all
}

/// Judges an Exim.
pub fn judge(settings: &Settings, ours: &Ours, probes: &[Probe]) -> Report {
    let mut findings = size(settings, ours).unwrap_or_else(|unread| vec![unread]);
    let router = settings
        .routers
        .iter()
        .position(|router| leads_to_us(settings, router, ours));
    match router {
        Some(at) => {
            findings.extend(before(settings, at));
            findings.extend(judge_router(&settings.routers[at], ours));
            findings.extend(judge_transport(settings, &settings.routers[at], ours));
        }
        None => findings.push(Finding::fail(
            "no router leads to the gateway",
            "exim.conf: routers",
            "No mail goes to the gateway.",
            "cloakroom recipe exim: cloakroom_out",
        )),
    }
    findings.extend(back(settings, ours, probes).unwrap_or_else(|unread| vec![unread]));
    let mut checked = vec![format!(
        "Exim {}, {} routers, {} transports",
        settings
            .main("exim_version")
            .unwrap_or("of unknown version"),
        settings.routers.len(),
        settings.transports.len()
    )];
    checked.extend(
        router.map(|at| format!("router {} leads to the gateway", settings.routers[at].name)),
    );
    Report {
        mta: "exim",
        checked,
        findings,
    }
}

/// Through its `route_list`, or the `hosts` of its transport.
fn leads_to_us(settings: &Settings, router: &Driver, ours: &Ours) -> bool {
    let transport = settings.transport(router.get("transport"));
    let hosts = transport.map(|transport| (transport.get("hosts"), transport.get("port")));
    let (hosts, port) = hosts.unwrap_or_default();
    [ours.lmtp, ours.smtp].into_iter().flatten().any(|at| {
        let place = at.to_string();
        let names = |text: &str| {
            text.replace("::", ":")
                .split_whitespace()
                .any(|word| word == place)
        };
        let by_port = |text: &str| {
            port == at.port().to_string()
                && text
                    .split([' ', ':'])
                    .any(|word| word == at.ip().to_string())
        };
        names(router.get("route_list"))
            || names(hosts)
            || by_port(router.get("route_list"))
            || by_port(hosts)
    })
}

/// A router in front that delivers to other machines takes mail past us.
fn before(settings: &Settings, at: usize) -> Vec<Finding> {
    let remote = |router: &&Driver| {
        let transport = settings.transport(router.get("transport"));
        transport.is_some_and(|transport| transport.get("driver") == "smtp")
    };
    let finding = |router: &Driver| {
        Finding::fail(
            format!("router {} stands before the gateway's", router.name),
            format!("exim.conf: routers: {}", router.name),
            "What it takes leaves past the gateway.",
            format!("{} directly below begin routers", settings.routers[at].name),
        )
    };
    settings.routers[..at]
        .iter()
        .filter(remote)
        .map(finding)
        .collect()
}

/// Conditions that keep some mail from a router.
const CONDITIONS: [&str; 5] = [
    "senders",
    "local_parts",
    "require_files",
    "check_local_user",
    "local_part_prefix",
];

fn judge_router(router: &Driver, ours: &Ours) -> Vec<Finding> {
    let place = |name: &str| format!("exim.conf: routers: {}: {name}", router.name);
    let mut found = Vec::new();
    let port = ours
        .back
        .as_ref()
        .map(|back| back.port.to_string())
        .unwrap_or_default();
    let condition = router.get("condition");
    if !(condition.contains("$received_port") && condition.contains(&format!("{{{port}}}"))) {
        found.push(Finding::fail(
            "mail that comes back goes to the gateway again",
            place("condition"),
            "It goes in circles until Exim counts too many hops.",
            format!("condition = ${{if !eq{{$received_port}}{{{port}}}}}"),
        ));
    }
    for name in CONDITIONS.iter().filter(|name| router.is(name)) {
        if !router.get(name).is_empty() || *name == "check_local_user" {
            found.push(Finding::fail(
                format!(
                    "only some mail takes this router: {name} {}",
                    router.get(name)
                )
                .trim_end(),
                place(name),
                "The rest leaves past the gateway.",
                format!("no {name} in it"),
            ));
        }
    }
    let switches = [
        ("no_more", "no_more"),
        ("no_unseen", "no_unseen"),
        ("no_pass_on_timeout", "no_pass_on_timeout"),
    ];
    for (switch, mend) in switches.iter().filter(|(switch, _)| !router.is(switch)) {
        found.push(Finding::fail(
            format!("{switch} is missing"),
            place(switch),
            "What this router does not take, or a copy of what it takes, goes to the next one, past the gateway.",
            *mend,
        ));
    }
    found.extend(fallback(router, place("fallback_hosts")));
    found
}

/// Where mail goes when the gateway does not answer.
fn fallback(driver: &Driver, place: String) -> Option<Finding> {
    let hosts = driver.get("fallback_hosts");
    (!hosts.is_empty()).then(|| {
        Finding::fail(
            format!("fallback_hosts = {hosts}"),
            place,
            "When the gateway does not answer, mail leaves as it is.",
            "no fallback_hosts: mail waits in the queue",
        )
    })
}

fn judge_transport(settings: &Settings, router: &Driver, ours: &Ours) -> Vec<Finding> {
    let name = router.get("transport");
    let place = |option: &str| format!("exim.conf: transports: {name}: {option}");
    let Some(transport) = settings.transport(name) else {
        let mend = "cloakroom recipe exim: its transport";
        return vec![Finding::unread(
            format!("exim.conf: transports: {name}"),
            mend,
        )];
    };
    let mut found = Vec::from_iter(fallback(transport, place("fallback_hosts")));
    let needed = ours.answer_within + MARGIN;
    let value = transport.get("final_timeout");
    if seconds(value, 1).is_none_or(|time| time < needed) {
        found.push(Finding::fail(
            format!(
                "{value}; the gateway answers within {} seconds",
                ours.answer_within
            ),
            place("final_timeout"),
            "Exim gives up a mail that the gateway still works at, and sends it again.",
            format!("final_timeout = {}s", needed.max(600)),
        ));
    }
    if !transport.get("dkim_domain").is_empty() {
        let why = "This signature breaks when the gateway takes files out.";
        let mend = "dkim_domain in the transport that delivers to the internet";
        found.push(Finding::fail("it signs", place("dkim_domain"), why, mend).note());
    }
    found
}

/// T55: the port for what comes back is there, and open to this machine alone.
fn back(settings: &Settings, ours: &Ours, probes: &[Probe]) -> Result<Vec<Finding>, Finding> {
    let Some(place) = &ours.back else {
        return Ok(Vec::new());
    };
    let listening = interfaces(
        settings.main("local_interfaces")?,
        settings.main("daemon_smtp_ports")?,
    );
    let own: Vec<&str> = listening
        .iter()
        .filter(|(_, port)| *port == place.port.to_string())
        .map(|(host, _)| host.as_str())
        .collect();
    if own.is_empty() {
        return Ok(vec![Finding::fail(
            format!("Exim does not listen at {place}"),
            "exim.conf: local_interfaces",
            "The gateway cannot hand mail on; it waits, and nothing leaves.",
            format!(
                "; {}.{} behind the value of local_interfaces",
                place.host, place.port
            ),
        )]);
    }
    let is_here = |host: &&str| host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let answers = open_at(probes, place.port);
    if !place.is_loopback() || (own.iter().all(is_here) && answers.is_none()) {
        return Ok(Vec::new());
    }
    let seen = answers.map_or("it listens on more than loopback".to_owned(), |at| {
        format!("it answers at {at}")
    });
    Ok(vec![Finding::fail(
        format!("the way back is open to other machines: {seen}"),
        "exim.conf: local_interfaces",
        "Whoever reaches it sends past the gateway.",
        closed(place),
    )])
}

fn closed(place: &Place) -> String {
    format!(
        "{}.{} in local_interfaces, and this port nowhere else",
        place.host, place.port
    )
}

/// Addresses and ports of `local_interfaces`, with those of `daemon_smtp_ports` where it names none.
fn interfaces(interfaces: &str, ports: &str) -> Vec<(String, String)> {
    let ports: Vec<&str> = ports
        .split([':', ';', ' ', '<'])
        .filter(|port| !port.is_empty())
        .collect();
    let mut all = Vec::new();
    for entry in entries(interfaces) {
        match address_and_port(&entry) {
            Some(pair) => all.push(pair),
            None => all.extend(ports.iter().map(|port| (entry.clone(), (*port).to_owned()))),
        }
    }
    all
}

/// A list of Exim: by colons, or by what stands behind `<`; a colon that is doubled is none.
fn entries(list: &str) -> Vec<String> {
    let (separator, rest) = match list.strip_prefix('<') {
        Some(rest) => {
            let mark = rest.chars().next().unwrap_or(':');
            (mark, rest.get(mark.len_utf8()..).unwrap_or_default())
        }
        None => (':', list),
    };
    let rest = if separator == ':' {
        rest.replace("::", "\u{1}")
    } else {
        rest.to_owned()
    };
    let words = rest
        .split(separator)
        .map(|word| word.trim().replace('\u{1}', ":"));
    words.filter(|word| !word.is_empty()).collect()
}

/// `127.0.0.1.10026`, `[127.0.0.1]:10026`, `::1.10026`
fn address_and_port(entry: &str) -> Option<(String, String)> {
    if entry.parse::<IpAddr>().is_ok() {
        return None;
    }
    let bracketed = entry
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]:"));
    let (host, port) = bracketed.or_else(|| entry.rsplit_once('.'))?;
    host.parse::<IpAddr>().ok()?;
    Some((host.to_owned(), port.to_owned()))
}

fn size(settings: &Settings, ours: &Ours) -> Result<Vec<Finding>, Finding> {
    let most = ours.max_message;
    let value = settings.main("message_size_limit")?;
    let place = "exim.conf: message_size_limit";
    let mend = format!("message_size_limit = {most}");
    let limit = bytes(value).ok_or_else(|| Finding::unread(place, mend.clone()))?;
    let is_small = limit != 0 && limit < most;
    Ok(Vec::from_iter(is_small.then(|| {
        Finding::fail(
            format!("{value}; the gateway takes {most} bytes"),
            place,
            "What is larger is refused before the gateway can take its files out.",
            mend,
        )
    })))
}

/// `50M`, `157286400`
fn bytes(text: &str) -> Option<u64> {
    let units = [('K', 10), ('M', 20), ('G', 30)];
    let unit = units
        .iter()
        .find(|(unit, _)| text.ends_with([*unit, unit.to_ascii_lowercase()]));
    let (digits, shift) = match unit {
        Some((_, shift)) => (&text[..text.len() - 1], *shift),
        None => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mta::doctor::Weight;

    /// Printed by Exim 4.96 with the recipe's lines, but for options that nothing here asks about.
    const MAIN: &str = "daemon_smtp_ports = smtp\nexim_version = 4.96\n\
local_interfaces = <; 0.0.0.0 ; ::0 ; 127.0.0.1.10026\nmessage_size_limit = 157286400\n";
    const ROUTERS: &str = "\ncloakroom_out router:\ncondition = ${if !eq{$received_port}{10026}}\ndomains = ! +local_domains\n\
driver = manualroute\nfallback_hosts = \nno_check_local_user\nlocal_parts = \nno_more\nno_pass_on_timeout\nself = send\nsenders = \n\
transport = cloakroom\nno_unseen\nroute_list = * 127.0.0.1::10025\n\ndnslookup router:\ndriver = dnslookup\nmore\ntransport = remote_smtp\n";
    const TRANSPORTS: &str = "\ncloakroom transport:\ndriver = smtp\ndkim_domain = \nfallback_hosts = \nfinal_timeout = 10m\nhosts = \n\
port = lmtp\nprotocol = lmtp\n\nremote_smtp transport:\ndriver = smtp\nhosts = \n";

    fn ours() -> Ours {
        Ours {
            lmtp: Some("127.0.0.1:10025".parse().expect("an address")),
            ..Ours::sample()
        }
    }

    fn findings(change: impl Fn(&str) -> String, probes: &[Probe]) -> Vec<Finding> {
        let settings = Settings::parse(&change(MAIN), &change(ROUTERS), &change(TRANSPORTS));
        judge(&settings, &ours(), probes).findings
    }

    #[test]
    fn nothing_is_wrong_with_what_the_recipe_makes() {
        assert_eq!(findings(str::to_owned, &[]), []);
        let by_hosts = |text: &str| {
            text.replace(
                "route_list = * 127.0.0.1::10025",
                "route_list = * 127.0.0.1",
            )
            .replace("port = lmtp", "port = 10025")
        };
        assert_eq!(findings(by_hosts, &[]), []);
    }

    #[test]
    fn each_mistake_has_its_finding() {
        let rows: &[(&str, &str, &str, &str)] = &[
            (
                "message_size_limit = 157286400",
                "message_size_limit = 50M",
                "message_size_limit",
                "50M",
            ),
            (
                "message_size_limit = 157286400",
                "message_size_limit = ${x}",
                "message_size_limit",
                "cannot be read",
            ),
            (
                "message_size_limit = 157286400",
                "",
                "message_size_limit",
                "cannot be read",
            ),
            (
                " ; 127.0.0.1.10026",
                " ; [0.0.0.0]:10026",
                "local_interfaces",
                "open to other",
            ),
            (
                " ; 127.0.0.1.10026",
                "",
                "local_interfaces",
                "does not listen",
            ),
            (
                "daemon_smtp_ports = smtp",
                "daemon_smtp_ports = 25 : 10026",
                "local_interfaces",
                "open to other",
            ),
            (
                "{$received_port}{10026}",
                "{a}{b}",
                "cloakroom_out: condition",
                "goes to the gateway again",
            ),
            (
                "no_more",
                "more",
                "cloakroom_out: no_more",
                "no_more is missing",
            ),
            (
                "no_unseen",
                "unseen",
                "cloakroom_out: no_unseen",
                "no_unseen is missing",
            ),
            (
                "senders = ",
                "senders = anna@example.org",
                "cloakroom_out: senders",
                "only some mail",
            ),
            (
                "no_check_local_user",
                "check_local_user",
                "check_local_user",
                "only some mail",
            ),
            (
                "fallback_hosts = ",
                "fallback_hosts = 192.0.2.1",
                "cloakroom_out: fallback_hosts",
                "192.0.2.1",
            ),
            (
                "final_timeout = 10m",
                "final_timeout = 1m",
                "cloakroom: final_timeout",
                "1m",
            ),
            (
                "127.0.0.1::10025",
                "127.0.0.1::10099",
                "routers",
                "no router leads",
            ),
            (
                "\ncloakroom_out router:",
                "\nfirst router:\ntransport = remote_smtp\n\ncloakroom_out router:",
                "routers: first",
                "stands before",
            ),
        ];
        for (line, by, place, what) in rows {
            let found = findings(|text| text.replace(line, by), &[]);
            let found = found
                .first()
                .unwrap_or_else(|| panic!("nothing for {line} -> {by}"));
            assert_eq!(found.weight, Weight::Fail);
            assert!(
                found.place.contains(place) && found.what.contains(what),
                "{found:?}"
            );
        }
        let signs = findings(
            |text| text.replace("dkim_domain = ", "dkim_domain = x"),
            &[],
        );
        assert_eq!(signs[0].weight, Weight::Note);
        let at = "192.0.2.10:10026".parse().expect("an address");
        let open = findings(str::to_owned, &[Probe { at, answered: true }]);
        assert!(open[0].what.contains("answers at"), "{open:?}");
    }
}

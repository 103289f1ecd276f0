//! Sendmail: does every session ask the gateway, does mail wait when it does not answer, and is the way back closed to others?
//!
//! Judges `sendmail.cf`, which m4 makes of `sendmail.mc`. Leaves to others: files that it names, such as the access map.

use super::period::seconds;
use super::{Finding, MARGIN, Probe, Report, open_at};
use crate::mta::ours::{MilterAt, Ours, Place};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What counts of `sendmail.cf`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    options: Vec<(String, String)>,
    filters: Vec<Filter>,
    /// `submit.cf` is there: what programs send goes through the daemon.
    pub has_submit: bool,
}

/// A line `Xname, S=…, F=…, T=…`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Filter {
    name: String,
    equates: BTreeMap<char, String>,
}

/// A line `O DaemonPortOptions=…`.
struct Daemon {
    name: String,
    port: String,
    address: Option<String>,
    /// None: those of `InputMailFilters`.
    filters: Option<String>,
}

impl Settings {
    /// Reads `sendmail.cf`.
    pub fn parse(cf: &str, has_submit: bool) -> Settings {
        let pair = |line: &str| {
            let (name, value) = line.strip_prefix("O ")?.split_once('=')?;
            Some((name.trim().to_owned(), value.trim().to_owned()))
        };
        let filter = |line: &str| {
            let (name, rest) = line.strip_prefix('X')?.split_once(',')?;
            Some(Filter {
                name: name.trim().to_owned(),
                equates: equates(rest),
            })
        };
        Settings {
            options: cf.lines().filter_map(pair).collect(),
            filters: cf.lines().filter_map(filter).collect(),
            has_submit,
        }
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let its = self
            .options
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name));
        its.map(|(_, value)| value.as_str())
    }

    fn daemons(&self) -> Vec<Daemon> {
        self.all("DaemonPortOptions").map(daemon).collect()
    }
}

/// `S=…, T=C:30s;S:4m`: Sendmail looks at the first letter alone.
fn equates(text: &str) -> BTreeMap<char, String> {
    let pairs = text.split(',').filter_map(|piece| piece.split_once('='));
    let first =
        |(key, value): (&str, &str)| Some((key.trim().chars().next()?, value.trim().to_owned()));
    pairs.filter_map(first).collect()
}

fn daemon(text: &str) -> Daemon {
    let mut of = equates(text);
    Daemon {
        name: of.remove(&'N').unwrap_or_else(|| "unnamed".to_owned()),
        port: of.remove(&'P').unwrap_or_else(|| "smtp".to_owned()),
        address: of.remove(&'A'),
        filters: of.remove(&'I'),
    }
}

/// Judges a Sendmail.
pub fn judge(settings: &Settings, ours: &Ours, probes: &[Probe]) -> Report {
    let mut findings = size(settings, ours);
    let name = match our_filter(settings, ours) {
        Some(filter) => {
            findings.extend(judge_filter(filter, ours));
            Some(filter.name.as_str())
        }
        None => {
            findings.push(Finding::fail(
                "no line names the gateway's milter",
                "sendmail.cf: X",
                "No mail goes to the gateway.",
                "cloakroom recipe sendmail: INPUT_MAIL_FILTER",
            ));
            None
        }
    };
    if let Some(name) = name {
        findings.extend(listed(settings, name));
        findings.extend(daemons(settings, ours, name));
    }
    findings.extend(back(settings, ours, name, probes));
    if !settings.has_submit {
        findings.push(Finding::fail(
            "there is no submit.cf",
            "submit.cf",
            "What programs of this machine send enters the queue in no session, and no milter sees it.",
            "m4 submit.mc >submit.cf",
        ));
    }
    let checked = checked(settings, name);
    Report {
        mta: "sendmail",
        checked,
        findings,
    }
}

fn checked(settings: &Settings, name: Option<&str>) -> Vec<String> {
    let mut lines = vec![format!(
        "sendmail.cf with {} milters",
        settings.filters.len()
    )];
    lines.extend(name.map(|name| format!("the milter {name} is the gateway")));
    let daemons = settings.daemons().into_iter();
    lines.extend(daemons.map(|d| format!("daemon {} on port {}", d.name, d.port)));
    lines
}

fn our_filter<'a>(settings: &'a Settings, ours: &Ours) -> Option<&'a Filter> {
    let mut all = settings.filters.iter();
    all.find(|filter| filter.equates.get(&'S').is_some_and(|at| is_ours(at, ours)))
}

/// `inet:8890@127.0.0.1`, `local:/run/cloakroom/milter.sock`
fn is_ours(written: &str, ours: &Ours) -> bool {
    match &ours.milter {
        None => false,
        Some(MilterAt::Unix(path)) => {
            let names = ["local:", "unix:"];
            names
                .iter()
                .any(|kind| written.strip_prefix(kind).is_some_and(|p| *path == *p))
        }
        Some(MilterAt::Tcp(at)) => {
            let place = written
                .strip_prefix("inet:")
                .or(written.strip_prefix("inet6:"));
            place
                .and_then(|place| place.split_once('@'))
                .is_some_and(|(port, host)| {
                    let host = host.trim_matches(['[', ']']);
                    let same = host.parse::<IpAddr>().map_or(
                        host == ours.hostname || (host == "localhost" && at.ip().is_loopback()),
                        |ip| ip == at.ip() || at.ip().is_unspecified(),
                    );
                    same && port.parse() == Ok(at.port())
                })
        }
    }
}

fn judge_filter(filter: &Filter, ours: &Ours) -> Vec<Finding> {
    let place = |letter| format!("sendmail.cf: X{}: {letter}=", filter.name);
    let empty = String::new();
    let flags = filter.equates.get(&'F').unwrap_or(&empty);
    let mut found = Vec::new();
    if flags.contains('R') {
        let what = "F=R: mail is refused for good while the gateway does not answer";
        let why = "Nothing leaves in the clear, but people get their mail back instead of waiting a little.";
        found.push(Finding::fail(what, place('F'), why, "F=T in INPUT_MAIL_FILTER").note());
    } else if !flags.contains(['T', '4']) {
        found.push(Finding::fail(
            "F=T is missing",
            place('F'),
            "When the gateway does not answer, Sendmail sends mail on as it is.",
            "F=T in INPUT_MAIL_FILTER",
        ));
    }
    // sendmail's own: C=5m, S=10s, R=10s, E=5m.
    let needed = [
        ('S', 10, 60),
        ('R', 10, 60),
        ('E', 300, ours.answer_within + MARGIN),
    ];
    let times = filter.equates.get(&'T').unwrap_or(&empty);
    for (letter, default, needed) in needed {
        let written = times
            .split(';')
            .find_map(|t| t.trim().strip_prefix(&format!("{letter}:")));
        let time = written.map_or(Some(default), |text| seconds(text, 1));
        if time.is_none_or(|time| time < needed) {
            let default = format!("{default}s");
            found.push(Finding::fail(
                format!(
                    "{letter}:{}; the gateway may need {needed} seconds",
                    written.unwrap_or(&default)
                ),
                place('T'),
                "Sendmail gives up a mail that the gateway still works at.",
                format!(
                    "T=C:30s;S:4m;R:4m;E:{}s in INPUT_MAIL_FILTER",
                    needed.max(600)
                ),
            ));
        }
    }
    found
}

/// Who is not in `InputMailFilters` is never asked.
fn listed(settings: &Settings, name: &str) -> Option<Finding> {
    let value = settings.all("InputMailFilters").last().unwrap_or_default();
    let names: Vec<&str> = value.split([',', ';']).map(str::trim).collect();
    let place = "sendmail.cf: O InputMailFilters";
    match names.iter().position(|one| *one == name) {
        Some(0) => None,
        Some(_) => {
            let what = format!("{} stands before the gateway", names[0]);
            let why = "If it signs, its signature breaks when the gateway takes files out.";
            Some(
                Finding::fail(
                    what,
                    place,
                    why,
                    format!("{name} first in confINPUT_MAIL_FILTERS"),
                )
                .note(),
            )
        }
        None => Some(Finding::fail(
            format!("{name} is not among them"),
            place,
            "No mail goes to the gateway.",
            format!("INPUT_MAIL_FILTER instead of MAIL_FILTER for {name}"),
        )),
    }
}

/// Daemons with milters of their own.
fn daemons(settings: &Settings, ours: &Ours, name: &str) -> Vec<Finding> {
    let is_back = |daemon: &Daemon| place_of(ours).any(|place| is_at(daemon, place));
    let daemons = settings
        .daemons()
        .into_iter()
        .filter(|daemon| !is_back(daemon));
    let past = |daemon: &Daemon| {
        let own = daemon.filters.as_deref();
        own.is_some_and(|own| !own.split(';').any(|one| one.trim() == name))
    };
    let finding = |daemon: Daemon| {
        Finding::fail(
            "people can send through it, and their mail does not go to the gateway",
            format!(
                "sendmail.cf: O DaemonPortOptions: {}: InputMailFilters",
                daemon.name
            ),
            "Files leave in the clear by this daemon.",
            format!("no InputFilter= in its DAEMON_OPTIONS, or InputFilter={name}"),
        )
    };
    daemons.filter(past).map(finding).collect()
}

fn place_of(ours: &Ours) -> impl Iterator<Item = &Place> {
    [&ours.back, &ours.back_verified].into_iter().flatten()
}

fn is_at(daemon: &Daemon, place: &Place) -> bool {
    let named = [
        ("smtp", 25),
        ("submission", 587),
        ("smtps", 465),
        ("submissions", 465),
    ];
    let port = named
        .iter()
        .find(|(name, _)| *name == daemon.port)
        .map(|(_, port)| *port);
    port.or(daemon.port.parse().ok()) == Some(place.port)
}

/// T55: where mail comes back: there, closed to others, and without us.
fn back(settings: &Settings, ours: &Ours, name: Option<&str>, probes: &[Probe]) -> Vec<Finding> {
    let mut found = Vec::new();
    for place in place_of(ours) {
        let Some(daemon) = settings
            .daemons()
            .into_iter()
            .find(|daemon| is_at(daemon, place))
        else {
            found.push(Finding::fail(
                format!("no daemon listens at {place}"),
                "sendmail.cf: O DaemonPortOptions",
                "The gateway cannot hand mail on: what it takes out of a mail, and its own mails, wait.",
                "cloakroom recipe sendmail: DAEMON_OPTIONS",
            ));
            continue;
        };
        let whose = format!("sendmail.cf: O DaemonPortOptions: {}", daemon.name);
        let again = daemon
            .filters
            .as_deref()
            .is_none_or(|own| own.split(';').any(|one| Some(one.trim()) == name));
        if name.is_some() && again {
            found.push(Finding::fail(
                "mail that comes back goes to the gateway again",
                format!("{whose}: InputMailFilters"),
                "It is asked about its own mails, and sends them once more.",
                "InputFilter= in its DAEMON_OPTIONS",
            ));
        }
        let is_here = |text: &str| {
            text == "localhost" || text.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        };
        let is_closed = daemon.address.as_deref().is_some_and(is_here);
        let answers = open_at(probes, place.port);
        if place.is_loopback() && (!is_closed || answers.is_some()) {
            let seen = answers.map_or("it listens on more than loopback".to_owned(), |at| {
                format!("it answers at {at}")
            });
            found.push(Finding::fail(
                format!("the way back is open to other machines: {seen}"),
                format!("{whose}: Addr"),
                "Whoever reaches it sends past the gateway.",
                format!("Addr={} in its DAEMON_OPTIONS", place.host),
            ));
        }
    }
    found
}

fn size(settings: &Settings, ours: &Ours) -> Vec<Finding> {
    let most = ours.max_message;
    let place = "sendmail.cf: O MaxMessageSize";
    let mend = format!("define(`confMAX_MESSAGE_SIZE', `{most}')dnl");
    let finding = match settings.all("MaxMessageSize").last().map(str::parse::<u64>) {
        // None and 0: no limit.
        None | Some(Ok(0)) => None,
        Some(Ok(limit)) if limit >= most => None,
        Some(Ok(limit)) => Some(Finding::fail(
            format!("{limit} bytes; the gateway takes {most}"),
            place,
            "What is larger is refused before the gateway can take its files out.",
            mend,
        )),
        Some(Err(_)) => Some(Finding::unread(place, mend)),
    };
    Vec::from_iter(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mta::doctor::Weight;

    /// Made by m4 of the recipe's lines and Debian's sendmail-cf 8.17.1.9, its options and its X lines.
    const CF: &str = "\
#O SmtpGreetingMessage=$j
O AliasFile=/etc/mail/aliases
O MaxMessageSize=157286400
O DaemonPortOptions=Name=MTA, Addr=0.0.0.0, Port=smtp
O DaemonPortOptions=Name=cloakroom, Addr=127.0.0.1, Port=10026, InputFilter=
O InputMailFilters=cloakroom
O Milter.macros.envfrom=i, {auth_type}, {auth_authen}
Xcloakroom, S=inet:8890@127.0.0.1, F=T, T=C:30s;S:4m;R:4m;E:600s
";

    fn ours() -> Ours {
        Ours {
            milter: Some(MilterAt::Tcp("127.0.0.1:8890".parse().expect("an address"))),
            ..Ours::sample()
        }
    }

    fn findings(cf: &str, has_submit: bool, probes: &[Probe]) -> Vec<Finding> {
        judge(&Settings::parse(cf, has_submit), &ours(), probes).findings
    }

    #[test]
    fn nothing_is_wrong_with_what_the_recipe_makes() {
        assert_eq!(findings(CF, true, &[]), []);
        let signed = CF
            .replace(
                "InputMailFilters=cloakroom",
                "InputMailFilters=cloakroom, signer",
            )
            .replace("InputFilter=\n", "InputFilter=signer\n");
        assert_eq!(findings(&signed, true, &[]), []);
    }

    #[test]
    fn each_mistake_has_its_finding() {
        let rows: &[(&str, &str, &str, &str)] = &[
            (" F=T,", "", "Xcloakroom: F=", "F=T is missing"),
            (" F=T,", " F=,", "Xcloakroom: F=", "F=T is missing"),
            ("R:4m", "R:10s", "Xcloakroom: T=", "R:10s"),
            ("R:4m;", "", "Xcloakroom: T=", "R:10s"),
            ("E:600s", "E:30s", "Xcloakroom: T=", "E:30s"),
            (
                "InputMailFilters=cloakroom",
                "InputMailFilters=other",
                "O InputMailFilters",
                "not among them",
            ),
            (
                "Port=smtp\n",
                "Port=smtp, I=\n",
                ": MTA:",
                "people can send",
            ),
            (
                "Port=smtp\n",
                "Port=smtp, InputFilter=other\n",
                ": MTA:",
                "people can send",
            ),
            (
                ", InputFilter=\n",
                "\n",
                ": cloakroom: InputMailFilters",
                "goes to the gateway again",
            ),
            (
                "Addr=127.0.0.1, Port=10026",
                "Port=10026",
                ": cloakroom: Addr",
                "open to other machines",
            ),
            (
                "Port=10026",
                "Port=10099",
                ": cloakroom: InputMailFilters",
                "people can send",
            ),
            (
                "Port=10026, InputFilter=",
                "Port=10099",
                "O DaemonPortOptions",
                "no daemon listens",
            ),
            (
                "MaxMessageSize=157286400",
                "MaxMessageSize=10485760",
                "O MaxMessageSize",
                "10485760 bytes",
            ),
            (
                "MaxMessageSize=157286400",
                "MaxMessageSize=much",
                "O MaxMessageSize",
                "cannot be read",
            ),
            (
                "8890@127.0.0.1",
                "8899@127.0.0.1",
                "sendmail.cf: X",
                "no line names",
            ),
        ];
        for (line, by, place, what) in rows {
            assert!(CF.contains(line), "{line}");
            let found = findings(&CF.replace(line, by), true, &[]);
            let found = found
                .first()
                .unwrap_or_else(|| panic!("nothing for {line} -> {by}"));
            assert_eq!(found.weight, Weight::Fail);
            assert!(
                found.place.contains(place) && found.what.contains(what),
                "{found:?}"
            );
        }
    }

    #[test]
    fn what_is_not_in_the_file_counts_too() {
        let submit = findings(CF, false, &[]);
        assert_eq!(submit.len(), 1);
        assert_eq!(submit[0].place, "submit.cf");
        let probe = |answered| Probe {
            at: "192.0.2.10:10026".parse().expect("an address"),
            answered,
        };
        assert_eq!(findings(CF, true, &[probe(false)]), []);
        let open = findings(CF, true, &[probe(true)]);
        assert!(
            open[0].what.contains("answers at 192.0.2.10:10026"),
            "{open:?}"
        );
        let refuses = findings(&CF.replace("F=T", "F=R"), true, &[]);
        assert_eq!(refuses[0].weight, Weight::Note);
    }
}

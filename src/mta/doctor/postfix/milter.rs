//! The gateway as a milter: what Postfix does when it does not answer, and whether everything comes by.

use super::super::period::seconds;
use super::super::{Finding, MARGIN};
use super::settings::{Service, list};
use super::{Found, Look, back, filter};
use std::collections::BTreeMap;

/// One of a list: `inet:127.0.0.1:8890`, or `{ inet:127.0.0.1:8890, default_action=tempfail }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Milter {
    /// As it is written.
    pub(super) address: String,
    options: BTreeMap<String, String>,
}

/// What an unanswered command costs at least: a recipient is looked up, a mail begun.
const COMMAND: u64 = 30;

impl Milter {
    /// The path of a socket.
    pub(super) fn path(&self) -> Option<&str> {
        let kinds = ["unix:", "local:"];
        kinds
            .iter()
            .find_map(|kind| self.address.strip_prefix(kind))
    }
}

/// Reads a list of milters.
pub(super) fn milters(value: &str) -> Vec<Milter> {
    list(value).iter().map(|text| one(text)).collect()
}

fn one(text: &str) -> Milter {
    let inner = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let mut words = list(inner.unwrap_or(text)).into_iter();
    let address = words.next().unwrap_or_default();
    // `name = value` may have spaces around its sign.
    let options = words.collect::<Vec<_>>().join(" ").replace(" = ", "=");
    let pairs = options.split(' ').filter_map(|word| word.split_once('='));
    Milter {
        address,
        options: pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

/// Where a list with our milter stands.
struct Place<'a> {
    /// Whose settings count: `smtpd`, or `cleanup` for what comes by no session.
    service: &'a Service,
    /// `smtpd_milters` or `non_smtpd_milters`
    name: &'static str,
    all: Vec<Milter>,
    ours: usize,
}

pub(super) fn check(look: Look<'_>) -> Found {
    let mut found = Vec::new();
    let places = places(look)?;
    for place in &places {
        found.extend(place.judge(look)?);
    }
    if places.iter().any(|place| place.name == "non_smtpd_milters") {
        let name = "internal_mail_filter_classes";
        let value = look.settings.main(name)?;
        if !list(value).iter().any(|word| word == "bounce") {
            let both = format!("{value} bounce");
            found.push(Finding::fail(
                "mail that Postfix returns to its sender passes no milter",
                format!("main.cf: {name}"),
                "A returned mail has the files of the mail, and its sender may be outside.",
                format!("postconf -e '{name} = {}'", both.trim()),
            ));
        }
    }
    // What stood in two lists is one thing to mend.
    found.dedup();
    Ok(found)
}

fn places<'a>(look: Look<'a>) -> Result<Vec<Place<'a>>, Finding> {
    let mut places = Vec::new();
    let backs = back::services(look);
    let sessions = look
        .settings
        .services
        .iter()
        .filter(|s| s.program == "smtpd" && !backs.contains(s));
    let internal = look
        .settings
        .services
        .iter()
        .filter(|s| s.program == "cleanup");
    let names = sessions
        .map(|s| (s, "smtpd_milters"))
        .chain(internal.map(|s| (s, "non_smtpd_milters")));
    for (service, name) in names {
        let all = milters(look.settings.of(service, name)?);
        if let Some(ours) = all.iter().position(|milter| filter::is_ours(look, milter)) {
            places.push(Place {
                service,
                name,
                all,
                ours,
            });
        }
    }
    Ok(places)
}

impl Place<'_> {
    fn judge(&self, look: Look<'_>) -> Found {
        let mut found = self.action(look)?;
        let content = look.ours.answer_within + MARGIN;
        found.extend(self.time(look, "content_timeout", content)?);
        found.extend(self.time(look, "command_timeout", COMMAND)?);
        found.extend(self.order(look));
        found.extend(self.protocol(look)?);
        found.extend(self.exceptions(look)?);
        found.extend(self.chroot(look)?);
        Ok(found)
    }

    /// What counts for our milter: its own word, or that of the service, or of main.cf; and where that stands.
    fn setting(&self, look: Look<'_>, name: &str) -> Result<(String, String), Finding> {
        match self.all[self.ours].options.get(name) {
            Some(value) => Ok((value.clone(), look.settings.place(self.service, self.name))),
            None => {
                let name = format!("milter_{name}");
                let value = look.settings.of(self.service, &name)?.to_owned();
                Ok((value, look.settings.place(self.service, &name)))
            }
        }
    }

    /// T53, T54: with `accept` a mail leaves as it is when the gateway does not answer.
    fn action(&self, look: Look<'_>) -> Found {
        let (value, place) = self.setting(look, "default_action")?;
        let mend = format!(
            "{{ {}, default_action=tempfail, … }} there",
            self.all[self.ours].address
        );
        Ok(match value.as_str() {
            "tempfail" | "shutdown" => Vec::new(),
            "reject" => vec![
                Finding::fail(
                    "mail is refused for good while the gateway does not answer",
                    place,
                    "Nothing leaves in the clear, but people get their mail back instead of waiting a little.",
                    mend,
                )
                .note(),
            ],
            "quarantine" => vec![Finding::fail(
                "default_action = quarantine",
                place,
                "Mail that the gateway has not seen waits in the queue, and `postsuper -H` sends it as it is.",
                mend,
            )],
            other => vec![Finding::fail(
                format!("default_action = {other}"),
                place,
                "When the gateway does not answer, mail leaves as it is.",
                mend,
            )],
        })
    }

    fn time(&self, look: Look<'_>, name: &str, needed: u64) -> Found {
        let (value, place) = self.setting(look, name)?;
        if seconds(&value, 1).is_some_and(|time| time >= needed) {
            return Ok(Vec::new());
        }
        Ok(vec![Finding::fail(
            format!("{name} is {value}; the gateway may need {needed} seconds"),
            place,
            "Postfix gives up a mail that the gateway still works at.",
            format!(
                "{{ {}, {name}={}s, … }} there",
                self.all[self.ours].address,
                needed.max(60)
            ),
        )])
    }

    fn order(&self, look: Look<'_>) -> Option<Finding> {
        let before = self.all[..self.ours].last()?;
        let place = look.settings.place(self.service, self.name);
        let what = format!("{} stands before the gateway", before.address);
        let why = "If it signs, its signature breaks when the gateway takes files out.";
        Some(Finding::fail(what, place, why, "the gateway first, who signs last").note())
    }

    fn protocol(&self, look: Look<'_>) -> Found {
        let (value, place) = self.setting(look, "protocol")?;
        if value.parse::<u32>().is_ok_and(|version| version >= 6) {
            return Ok(Vec::new());
        }
        Ok(vec![Finding::fail(
            format!("milter protocol {value}"),
            place,
            "The gateway speaks version 6, and takes no mail by an older one.",
            look.settings.mend(self.service, "milter_protocol", "6"),
        )])
    }

    /// A table may say DISABLE for some clients.
    fn exceptions(&self, look: Look<'_>) -> Found {
        let name = "smtpd_milter_maps";
        if self.name != "smtpd_milters" || look.settings.of(self.service, name)?.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![Finding::fail(
            "a table gives some clients other milters, or none",
            look.settings.place(self.service, name),
            "Mail of these clients may leave past the gateway.",
            self.service.set(name, ""),
        )])
    }

    /// In a chroot a path from the root is one below the queue directory.
    fn chroot(&self, look: Look<'_>) -> Found {
        let path = self.all[self.ours]
            .path()
            .filter(|path| path.starts_with('/'));
        let Some(path) = path.filter(|_| self.service.chroot) else {
            return Ok(Vec::new());
        };
        let queue = look.settings.main("queue_directory")?;
        let mend = format!("postconf -F '{}/chroot=n'", self.service.key());
        Ok(vec![Finding::fail(
            format!("{path} is not seen by a service that lives in {queue}"),
            format!("master.cf: {}: chroot", self.service.key()),
            "It takes no mail, as it cannot ask the gateway.",
            mend,
        )])
    }
}

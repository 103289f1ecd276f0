//! The judge: what must be true after everything calmed down (reliability: I1 to I7, I15), said as sentences about what is not.

use super::clear;
use super::history::{Answer, Copy, Events, History, Text, Try};
use super::mails::{self, BANK, Letter};
use crate::support::process::Gateway;
use crate::support::{fetch, first, link_in, password_in};
use cloakroom::config::Config;
use cloakroom::service::build::store_alone;
use memchr::memmem;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// A crash may have hit what happened so long before it: a copy is written down when all copies of its mail have left, and a next hop may
/// be silent for three seconds.
const SHORTLY: Duration = Duration::from_secs(5);

/// A client sees its connection end so soon after the gateway has died.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Judges a history that is over, with a gateway that runs.
pub async fn all(history: &History, gateway: &Gateway, folder: &Path) -> Vec<String> {
    let (mut wrong, links) = {
        let events = history.events();
        let mut wrong = events.blunders.clone();
        for letter in &events.letters {
            for to in &letter.to {
                let one = One::new(&events, letter, to);
                one.judge(&mut wrong);
                one.once(&mut wrong);
            }
        }
        clear::look(&events, &gateway.log(), &mut wrong);
        answers(&events, &mut wrong);
        rings(&events, &mut wrong);
        (wrong, links(&events))
    };
    for link in &links {
        if let Err(why) = link.opens(gateway, folder).await {
            wrong.push(format!("I4 {} for {}: {why}", link.link, link.to));
        }
    }
    if gateway.log().contains("panicked") {
        wrong.push("the gateway panicked".into());
    }
    wrong
}

/// Judges what a stopped gateway left: no record without its blobs.
pub fn store(folder: &Path) -> Vec<String> {
    let read = Config::read(&folder.join("cloakroom.toml"));
    let config = read.unwrap_or_else(|e| panic!("{e}"));
    let store = store_alone(&config).unwrap_or_else(|e| panic!("{e}"));
    let now = jiff::Timestamp::now().as_second();
    let swept = store.sweep(now).expect("sweeps");
    match swept.missing {
        0 => Vec::new(),
        n => vec![format!("{n} blobs of records are missing")],
    }
}

/// True if the recipient has the mail, and the password if one is needed; or somebody was told that not.
pub fn has_arrived(events: &Events, letter: &Letter, to: &str) -> bool {
    let one = One::new(events, letter, to);
    let has_password = !letter.needs_password(to) || !one.passwords.is_empty();
    (!one.copies.is_empty() && has_password) || one.bounced
}

/// One mail and one of its recipients.
pub struct One<'a> {
    letter: &'a Letter,
    to: &'a str,
    events: &'a Events,
    /// In the order of time.
    answers: Vec<(&'a Try, Answer)>,
    copies: Vec<&'a Copy>,
    /// Passwords as they were told, and how often each.
    passwords: BTreeMap<String, usize>,
    bounced: bool,
}

impl<'a> One<'a> {
    pub fn new(events: &'a Events, letter: &'a Letter, to: &'a str) -> One<'a> {
        let tries = events.tries.iter();
        let tries = tries.filter(|t| events.letters[t.letter].from == letter.from);
        let answers = tries.filter_map(|t| {
            let (_, answer) = t.answers.iter().find(|(whom, _)| whom == to)?;
            Some((t, *answer))
        });
        let copies = events.copies.iter();
        let copies = copies.filter(|c| c.from == letter.from && c.to.iter().any(|t| t == to));
        One {
            letter,
            to,
            events,
            answers: answers.collect(),
            copies: copies.collect(),
            passwords: match letter.needs_password(to) {
                true => passwords(events, letter, to),
                false => BTreeMap::new(),
            },
            bounced: reports(events, letter)
                .any(|c| memmem::find(&c.bytes, to.as_bytes()).is_some()),
        }
    }

    /// I1, I5, I6, and the same Message-ID in all copies.
    pub fn judge(&self, wrong: &mut Vec<String>) {
        let mut say = |what: String| wrong.push(format!("{what} [{}]", self.story()));
        if self.is_good() && self.copies.is_empty() && !self.bounced {
            say(format!("I1 {} was promised a mail and has none", self.to));
        }
        for copy in &self.copies {
            let id = header(&copy.bytes, "Message-ID");
            if id.as_deref() != Some(&self.letter.message_id) {
                say(format!("I3 {} has another Message-ID: {id:?}", self.to));
            }
            if !self.letter.protects(self.to) && without_received(&copy.bytes) != self.letter.bytes
            {
                say(format!("I6 {} has other bytes", self.to));
            }
        }
        if self.is_good()
            && !self.copies.is_empty()
            && self.letter.needs_password(self.to)
            && self.passwords.is_empty()
        {
            say(format!("I5 {} has no password", self.to));
        }
    }

    /// I3 and I5, where every retry is known again: one link, one password, no copy behind one whose acknowledgement counts.
    pub fn once(&self, wrong: &mut Vec<String>) {
        let mut say = |what: String| wrong.push(format!("{what} [{}]", self.story()));
        let before = self.copies.len().saturating_sub(1);
        if self.copies[..before]
            .iter()
            .any(|copy| !self.may_be_lost(copy))
        {
            say(format!("I3 {} has another copy", self.to));
        }
        // Without the port, which is another one after each start.
        let token = |c: &&Copy| Some(link_in(&c.bytes)?.rsplit('/').next()?.to_owned());
        let sharp = self.copies.iter().filter(|copy| !copy.blurred);
        let links: BTreeSet<_> = sharp.filter_map(token).collect();
        // Where the first has ended meanwhile, who comes again gets another one.
        if self.letter.lasts && links.len() > 1 {
            say(format!("I3 {} has {} links", self.to, links.len()));
        }
        let blurred = self.copies.iter().any(|copy| copy.blurred);
        if self.passwords.len() > 1 + usize::from(blurred) {
            say(format!(
                "I5 {} has {} passwords",
                self.to,
                self.passwords.len()
            ));
        }
        // The gateway died behind the next hop's 250: its client never heard of it, and whatever it hears next is about another try.
        let was_taken = self.copies.iter().any(|c| c.answered && self.is_cut_off(c));
        if !self.is_good() && !was_taken && !self.passwords.is_empty() {
            say(format!(
                "I5 {} has a password, and nobody answered for the mail",
                self.to
            ));
        }
    }

    /// The gateway may not know of this copy: the next hop did not say so, or the gateway died before it had written it down.
    fn may_be_lost(&self, copy: &Copy) -> bool {
        let is_ours = self.letter.to.iter().any(|to| self.letter.protects(to));
        !copy.answered || self.is_cut_off(copy) || (!is_ours && self.is_unheard(copy))
    }

    /// The gateway died before it had written this copy down: its client was still waiting then, or had hung up before.
    fn is_cut_off(&self, copy: &Copy) -> bool {
        let mut tries = self.answers.iter();
        match tries.find(|(t, _)| (t.begun..=t.ended).contains(&copy.at)) {
            Some((_, Answer::Good)) => false,
            Some((t, _)) => {
                let mut deaths = self.events.deaths.iter();
                deaths.any(|death| (copy.at..=t.ended + AT_ONCE).contains(death))
            }
            None => dies_after(self.events, copy.at),
        }
    }

    /// Its client does not know of it. Of a mail that nothing is done to the gateway remembers nothing either.
    fn is_unheard(&self, copy: &Copy) -> bool {
        let mut before = self.answers.iter().rev();
        let its = before.find(|(t, _)| t.begun <= copy.at);
        its.is_some_and(|(_, answer)| *answer != Answer::Good)
    }

    fn is_good(&self) -> bool {
        self.answers.iter().any(|(_, a)| *a == Answer::Good)
    }

    /// All that is known, in one line.
    fn story(&self) -> String {
        let tries = self.answers.iter();
        let tries = tries.map(|(t, a)| format!("{a:?} {:?}-{:?} {:?}", t.begun, t.ended, t.said));
        let copies = self.copies.iter();
        let copies = copies.map(|c| format!("{:?}{}", c.at, if c.answered { "" } else { "?" }));
        format!(
            "{:?} {} tries: {}; copies: {}; passwords: {}; deaths near: {:?}",
            self.letter.door,
            self.letter.from,
            tries.collect::<Vec<_>>().join(", "),
            copies.collect::<Vec<_>>().join(", "),
            self.passwords.len(),
            self.deaths_near()
        )
    }

    fn deaths_near(&self) -> Vec<Duration> {
        let near = |death: &&Duration| {
            let mut tries = self.answers.iter();
            tries.any(|(t, _)| (t.begun..t.ended + SHORTLY).contains(*death))
        };
        self.events.deaths.iter().filter(near).copied().collect()
    }
}

fn dies_after(events: &Events, at: Duration) -> bool {
    let mut deaths = events.deaths.iter();
    deaths.any(|death| (at..at + SHORTLY).contains(death))
}

/// I5: nobody's telephone rings again without need.
pub fn rings(events: &Events, wrong: &mut Vec<String>) {
    let mut calls: BTreeMap<(&str, &str), Vec<&Text>> = BTreeMap::new();
    for text in &events.texts {
        calls
            .entry((&text.number, &text.text))
            .or_default()
            .push(text);
    }
    for ((number, _), calls) in calls {
        let last = calls.len() - 1;
        let known = calls[..last]
            .iter()
            .filter(|c| c.answered && !dies_after(events, c.at));
        if known.count() > 0 {
            wrong.push(format!("I5 {number} was told {} times", calls.len()));
        }
    }
}

/// Mails of the gateway's own to this mail's sender, but those that say what became of it after it had arrived.
fn reports<'a>(events: &'a Events, letter: &'a Letter) -> impl Iterator<Item = &'a Copy> {
    let copies = events.copies.iter();
    let is_later = |c: &Copy| memmem::find(&c.bytes, b"Subject: Taken back").is_some();
    copies.filter(move |c| c.from.is_empty() && c.to.contains(&letter.from) && !is_later(c))
}

fn texts<'a>(events: &'a Events, letter: &'a Letter) -> impl Iterator<Item = &'a Text> {
    let texts = events.texts.iter();
    texts.filter(|text| text.number == letter.number)
}

fn passwords(events: &Events, letter: &Letter, to: &str) -> BTreeMap<String, usize> {
    let shape = "[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}";
    let by_phone = texts(events, letter).filter(|_| to.ends_with(BANK));
    let by_phone = by_phone.filter_map(|text| first(shape, &text.text));
    // What the provider never takes goes to the sender.
    let by_mail = reports(events, letter).filter_map(|c| password_in(&c.bytes));
    let told = by_phone.chain(by_mail);
    let mut counted = BTreeMap::new();
    told.for_each(|password| *counted.entry(password).or_insert(0) += 1);
    counted
}

/// I15: a client hears what is true.
pub fn answers(events: &Events, wrong: &mut Vec<String>) {
    for one in &events.tries {
        let letter = &events.letters[one.letter];
        for (to, answer) in &one.answers {
            let here = |c: &&Copy| c.from == letter.from && c.to.contains(to) && c.at <= one.ended;
            let mut copies = events.copies.iter().filter(here);
            let lmtp = letter.door == crate::support::client::Door::Lmtp;
            let what = match answer {
                Answer::Good if lmtp && copies.next().is_none() => {
                    "was answered for before anybody had the mail"
                }
                Answer::Refused if copies.any(|c| c.answered && c.at >= one.begun) => {
                    "was refused, and the next hop had taken the mail"
                }
                _ => continue,
            };
            wrong.push(format!("I15 {to} {what}: {:?}", one.said));
        }
    }
}

/// A link as a recipient has it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    link: String,
    to: String,
    passwords: Vec<String>,
    sha256: String,
}

fn links(events: &Events) -> BTreeSet<Link> {
    let mut all = BTreeSet::new();
    for copy in events.copies.iter().filter(|copy| !copy.blurred) {
        let (Some(letter), Some(link)) = (
            events.letters.iter().find(|l| l.from == copy.from),
            link_in(&copy.bytes),
        ) else {
            continue;
        };
        for to in copy.to.iter().filter(|_| letter.lasts) {
            let one = One::new(events, letter, to);
            // Nobody was told the password of a mail that nobody answered for.
            if letter.needs_password(to) && !one.is_good() {
                continue;
            }
            all.insert(Link {
                link: link.clone(),
                to: to.clone(),
                passwords: one.passwords.into_keys().collect(),
                sha256: letter.sha256.clone().unwrap_or_default(),
            });
        }
    }
    all
}

impl Link {
    async fn opens(&self, gateway: &Gateway, folder: &Path) -> Result<(), String> {
        let link = gateway.here(&self.link);
        let into = folder.join(format!("fetched-{}", mails::sha256(link.as_bytes())));
        let mut tried = Err("no password".to_owned());
        if ![mails::BANK, mails::LAW]
            .iter()
            .any(|d| self.to.ends_with(d))
        {
            tried = fetch(&link, None, &into).await;
        }
        for password in &self.passwords {
            if tried.is_err() {
                tried = fetch(&link, Some(password), &into).await;
            }
        }
        let files = tried?;
        let _ = std::fs::remove_dir_all(&into);
        match files.iter().any(|file| file.sha256 == self.sha256) {
            true => Ok(()),
            false => Err("other bytes".into()),
        }
    }
}

fn header(mail: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(mail);
    let prefix = format!("{}:", name.to_ascii_lowercase());
    let mut lines = text.split("\r\n").take_while(|line| !line.is_empty());
    let line = lines.find(|line| line.to_ascii_lowercase().starts_with(&prefix))?;
    Some(line[prefix.len()..].trim().to_owned())
}

/// Our line stands first, and may be folded.
fn without_received(mail: &[u8]) -> &[u8] {
    if !mail.starts_with(b"Received:") {
        return b"no Received line";
    }
    let mut rest = mail;
    loop {
        let Some(end) = memmem::find(rest, b"\r\n") else {
            return b"";
        };
        rest = &rest[end + 2..];
        if !rest.starts_with(b" ") && !rest.starts_with(b"\t") {
            return rest;
        }
    }
}

//! `[tripwire]`: the mark on every mail that leaves, and the process beside the last mail server that looks for it (`gateway::tripwire`).
//!
//! The gateway needs the key alone. The watcher ([`Watch`]) reads the same file, or one that has no more than `[identity]`, `[tripwire]` and
//! `[log]` on another machine; what else stands in it is the gateway's, and not looked at.

use super::check::log;
use super::milter::Place;
use super::reader::{Places, Reader, Section, choice, count, list, parsed};
use super::secret::SecretSource;
use super::values::{domain, sending_network};
use super::{Log, mistake};
use crate::fault::diagnostic::{Diagnostic, Diagnostics};
use crate::mail::Network;
use std::path::{Path, PathBuf};

/// `[tripwire]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tripwire {
    /// 32 bytes, made by `cloakroom key init`. `None`: no mail is marked.
    pub key: Option<SecretSource>,
    /// Where the watcher listens.
    pub listen: Option<Place>,
    /// Who may connect to it by TCP.
    pub accept_from: Vec<Network>,
    /// Which mail must have a mark.
    pub guards: Guards,
    /// What becomes of one that has none.
    pub unmarked: Unmarked,
    /// Folder for large mails while the watcher looks at them: encrypted, unlinked.
    pub state: PathBuf,
}

/// Which mail to people outside must have a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guards {
    /// Mail with files, or whose structure is in doubt.
    Files,
    /// All of it.
    All,
}

/// What becomes of a mail that should have a mark and has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmarked {
    /// Its sender gets it back.
    Refuse,
    /// It waits in the queue of the server that brings it.
    Defer,
    /// It passes, and the log says so.
    Log,
}

/// What the watcher reads of a file.
#[derive(Debug)]
pub struct Watch {
    /// Who is a colleague.
    pub domains: Vec<String>,
    /// The key; there is one.
    pub key: SecretSource,
    /// Where it listens; there is a place.
    pub listen: Place,
    /// All of the section.
    pub tripwire: Tripwire,
    /// `[log]`
    pub log: Log,
    file: PathBuf,
    text: String,
    places: Places,
}

const GUARDS: &[(&str, Guards)] = &[("files", Guards::Files), ("all", Guards::All)];
const UNMARKED: &[(&str, Unmarked)] = &[
    ("refuse", Unmarked::Refuse),
    ("defer", Unmarked::Defer),
    ("log", Unmarked::Log),
];

/// Reads the section.
pub(super) fn tripwire(mut s: Section<'_, '_>, base: &Path) -> Tripwire {
    let key = s.optional("key", parsed::<SecretSource>);
    let state = s.or("state", parsed::<PathBuf>, "/var/tmp".into());
    let tripwire = Tripwire {
        key: key.map(|key| key.based(base)),
        listen: s.optional("listen", parsed),
        accept_from: s.or(
            "accept_from",
            list(sending_network),
            Network::loopback().to_vec(),
        ),
        guards: s.or("guards", choice(GUARDS), Guards::Files),
        unmarked: s.or("unmarked", choice(UNMARKED), Unmarked::Refuse),
        state: base.join(state),
    };
    s.end();
    tripwire
}

/// The words of both choices, for `cloakroom config show`.
pub(super) fn words(tripwire: &Tripwire) -> (&'static str, &'static str) {
    let guards = GUARDS.iter().find(|(_, g)| *g == tripwire.guards);
    let unmarked = UNMARKED.iter().find(|(_, u)| *u == tripwire.unmarked);
    let (guards, unmarked) = (guards.map(|g| g.0), unmarked.map(|u| u.0));
    (guards.unwrap_or_default(), unmarked.unwrap_or_default())
}

impl Watch {
    /// Reads and checks what the watcher needs.
    pub fn read(file: &Path) -> Result<Self, Diagnostics> {
        let text = super::text_of(file)?;
        let reader = Reader::new(file, &text);
        let watch = sections(&reader);
        let mut mistakes = reader.mistakes.take();
        mistakes.sort_by_key(|m| (m.line, m.column));
        match watch {
            Some(mut watch) if mistakes.is_empty() => {
                watch.places = reader.places.take();
                Ok(watch)
            }
            _ => Err(Diagnostics(mistakes)),
        }
    }

    /// See [`super::Config::mistake`].
    pub fn mistake(&self, key: &str, message: impl Into<String>) -> Diagnostic {
        mistake(&self.file, &self.text, &self.places, key, message.into())
    }
}

fn sections(reader: &Reader<'_>) -> Option<Watch> {
    let base = reader.file.parent().unwrap_or(Path::new(""));
    let mut top = reader.document();
    let schema = top.required("schema", count, "schema = 1 stands in the first line");
    if schema.is_some_and(|s| s != 1) {
        reader.wrong_key("schema", "this version reads schema 1 only", None);
    }
    let help = "domains = [\"example.org\"]: mail to all others is looked at";
    let domains = top
        .section("identity")
        .required("domains", list(domain), help);
    if domains.as_ref().is_some_and(Vec::is_empty) {
        reader.wrong_key("identity.domains", "at least one domain is needed", None);
    }
    let tripwire = tripwire(top.section("tripwire"), base);
    let log = log(top.section("log"));
    for (key, is_there, help) in [
        (
            "tripwire.key",
            tripwire.key.is_some(),
            "key = \"tripwire.key\", the same file as the gateway's",
        ),
        (
            "tripwire.listen",
            tripwire.listen.is_some(),
            "listen = \"127.0.0.1:8891\", where the mail server asks",
        ),
    ] {
        if !is_there && !reader.places.borrow().contains_key(key) {
            reader.wrong_key(key, format!("{key} is missing"), Some(help));
        }
    }
    Some(Watch {
        domains: domains?,
        key: tripwire.key.clone()?,
        listen: tripwire.listen.clone()?,
        tripwire,
        log,
        file: reader.file.to_owned(),
        text: reader.text.to_owned(),
        places: Places::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Watch, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("watch.toml");
        std::fs::write(&file, text).expect("the folder is ours");
        Watch::read(&file).map_err(|mistakes| mistakes.to_string())
    }

    const SMALL: &str = "schema = 1\n[identity]\ndomains = [\"example.org\"]\n\
                         [tripwire]\nkey = \"tripwire.key\"\nlisten = \"127.0.0.1:8891\"\n";

    #[test]
    fn a_file_of_ten_lines_is_enough_and_a_gateways_is_good_too() {
        let small = read(SMALL).expect("good");
        assert_eq!(small.domains, ["example.org"]);
        assert_eq!(small.tripwire.guards, Guards::Files);
        assert_eq!(small.tripwire.unmarked, Unmarked::Refuse);
        let on = |key: &str| format!("#: {key} =");
        let whole = ["key", "listen"]
            .iter()
            .fold(super::super::EXAMPLE.to_owned(), |text, key| {
                let (before, section) = text.split_once("[tripwire]").expect("a section");
                let section = section.replacen(&on(key), &format!("{key} ="), 1);
                format!("{before}[tripwire]{section}")
            });
        assert_eq!(read(&whole).expect("good").listen, small.listen);
    }

    #[test]
    fn mistakes_have_their_places() {
        let rows = [
            (
                "listen = \"127.0.0.1:8891\"",
                "",
                "tripwire.listen is missing",
            ),
            ("key = \"tripwire.key\"", "", "tripwire.key is missing"),
            (
                "domains = [\"example.org\"]",
                "",
                "identity.domains is missing",
            ),
            ("127.0.0.1:8891", "nowhere", "watch.toml:6:10"),
            ("[\"example.org\"]", "[]", "at least one domain"),
            ("listen =", "listens =", "did you mean \"listen\"?"),
            ("schema = 1", "", "schema is missing"),
        ];
        for (good, wrong, says) in rows {
            let said = read(&SMALL.replacen(good, wrong, 1)).expect_err(says);
            assert!(said.contains(says), "{says}: {said}");
        }
    }
}

//! `[[directory]]`: where telephone numbers of recipients are found, as settings; what is found is in `directory`.
//!
//! Promises: names are unique, every kind has exactly its own keys. Leaves to others: whether a file can be read (`service`).

use super::reader::{Reader, Section, Value, choice, list, parsed, text};
use super::secret::SecretSource;
use crate::units::Period;
use std::path::{Path, PathBuf};

/// One place that knows people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// What the log calls it.
    pub name: String,
    /// What it is.
    pub kind: DirectoryKind,
}

/// The kinds of directories and what each needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryKind {
    /// A table, CSV or TOML.
    File(PathBuf),
    /// An LDAP server.
    Ldap(Box<LdapSettings>),
}

/// How an LDAP server is reached and asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdapSettings {
    /// `ldaps://HOST` or `ldap://HOST`.
    pub url: String,
    /// How `ldap://` is protected: true by StartTLS, false not at all.
    pub starttls: bool,
    /// Further certificates that are believed (PEM).
    pub ca: Option<PathBuf>,
    /// The name we sign in with; none for nobody.
    pub bind_dn: Option<String>,
    /// Its password.
    pub bind_password: Option<SecretSource>,
    /// Where people are.
    pub base: String,
    /// Which of them has an address: `{address}` stands for it.
    pub filter: String,
    /// Attributes with a number, the first that has one counts.
    pub phone: Vec<String>,
    /// The attribute with the language.
    pub language: String,
    /// How long one question may take.
    pub timeout: Period,
    /// A server that does not answer is as one that knows nobody; else mails wait for it.
    pub skip_if_down: bool,
}

#[derive(Clone, Copy)]
enum Word {
    File,
    Ldap,
}

const KINDS: &[(&str, Word)] = &[("file", Word::File), ("ldap", Word::Ldap)];
const TLS: &[(&str, bool)] = &[("starttls", true), ("off", false)];
const IF_DOWN: &[(&str, bool)] = &[("defer", false), ("skip", true)];

/// A mail waits for it, and its client has minutes.
const LONGEST: Period = Period::seconds(30);

impl DirectoryKind {
    /// Its word in the file.
    pub fn word(&self) -> &'static str {
        match self {
            DirectoryKind::File(_) => "file",
            DirectoryKind::Ldap(_) => "ldap",
        }
    }
}

/// All directories, in the order they are asked; none is the default.
pub(super) fn directories(sections: Vec<Section<'_, '_>>, base: &Path) -> Option<Vec<Directory>> {
    let mut directories: Vec<Directory> = Vec::new();
    let mut complete = true;
    for section in sections {
        let (reader, place) = (section.reader, section.place().unwrap_or_default());
        match directory(section, base) {
            Some(new) if directories.iter().any(|d| d.name == new.name) => {
                let message = format!("there is another directory with the name \"{}\"", new.name);
                reader.wrong(place, message, None);
            }
            Some(new) => {
                // A mistake found later stands at this one's path, not at the last one's.
                let mut places = reader.places.borrow_mut();
                let key = match new.kind {
                    DirectoryKind::File(_) => "path",
                    DirectoryKind::Ldap(_) => "url",
                };
                if let Some(span) = places.get(&format!("directory.{key}")).cloned() {
                    places.insert(format!("directory.{}", new.name), span);
                }
                drop(places);
                directories.push(new);
            }
            None => complete = false,
        }
    }
    complete.then_some(directories)
}

fn directory(mut s: Section<'_, '_>, base: &Path) -> Option<Directory> {
    let name = s.required("name", text, "name = \"people\": what the log calls it");
    let word = s.required("kind", choice(KINDS), "kind = \"file\" or \"ldap\"");
    let kind = match word? {
        Word::File => s
            .required("path", parsed::<PathBuf>, "path = \"people.csv\"")
            .map(|path| DirectoryKind::File(base.join(path))),
        Word::Ldap => ldap(&mut s, base).map(|ldap| DirectoryKind::Ldap(Box::new(ldap))),
    };
    s.end();
    Some(Directory {
        name: name?,
        kind: kind?,
    })
}

fn ldap(s: &mut Section<'_, '_>, base: &Path) -> Option<LdapSettings> {
    let reader = s.reader;
    let url = s.required("url", ldap_url, "url = \"ldaps://ldap.example.org\"");
    let tls = s.optional("tls", choice(TLS));
    let ca = s.optional("ca", parsed::<PathBuf>);
    let bind_dn = s.optional("bind_dn", text);
    let password = s.optional("bind_password", parsed::<SecretSource>);
    let found_in = s.required("base", text, "base = \"ou=people,dc=example,dc=org\"");
    let filter = s.or("filter", filter, "(mail={address})".to_owned());
    let phone = s.or("phone", list(text), vec!["mobile".to_owned()]);
    let language = s.or("language", text, "preferredLanguage".to_owned());
    let timeout = s.or("timeout", parsed, Period::seconds(5));
    let skip_if_down = s.or("if_down", choice(IF_DOWN), false);
    let place = s.place().unwrap_or_default();
    if bind_dn.is_some() != password.is_some() {
        let help = "name both, or neither for a server that answers everybody";
        let message = "bind_dn and bind_password go together";
        reader.wrong(place.clone(), message, Some(help));
    }
    if timeout == Period::seconds(0) || timeout > LONGEST {
        let message = format!("timeout is from \"1 second\" to \"{LONGEST}\"");
        reader.wrong(place, message, None);
    }
    let url = url?;
    let on_this_machine = ["127.0.0.1", "[::1]", "localhost"].contains(&host_of(&url));
    Some(LdapSettings {
        starttls: url.starts_with("ldap:") && tls.unwrap_or(!on_this_machine),
        url,
        ca: ca.map(|file| base.join(file)),
        bind_dn,
        bind_password: password.map(|source| source.based(base)),
        base: found_in?,
        filter,
        phone,
        language,
        timeout,
        skip_if_down,
    })
}

/// Scheme, host and perhaps a port: what else an LDAP URL can say (RFC 4516) stands in keys of its own.
fn ldap_url(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let url = text(reader, value)?;
    let rest = url.strip_prefix("ldaps://").or(url.strip_prefix("ldap://"));
    let host = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if rest.is_some_and(|rest| !host_of(&url).is_empty() && rest.chars().all(host)) {
        return Some(url);
    }
    let help = "ldaps://HOST or ldap://HOST, with :PORT if it is another; base and filter are keys";
    reader.wrong(value.span(), "this is no server's address", Some(help));
    None
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    match rest.find(']') {
        Some(end) => &rest[..=end],
        None => rest.split(':').next().unwrap_or_default(),
    }
}

fn filter(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let filter = text(reader, value)?;
    if filter.contains("{address}") {
        return Some(filter);
    }
    let help = "such as \"(mail={address})\"; else everybody would be found for everybody";
    reader.wrong(value.span(), "the address is not in the filter", Some(help));
    None
}

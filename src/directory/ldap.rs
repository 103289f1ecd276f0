//! `kind = "ldap"`: people in an LDAP server (RFC 4511), such as Active Directory or OpenLDAP.
//!
//! Promises: the address stands in the filter as a value, whatever characters it has (RFC 4515 section 3); a search that finds two
//! people, or two numbers for one, gives none of them, as nobody knows which is right. Each question ends within the time-out or is a
//! [`Trouble`]; a server that does not answer is not asked again for a few seconds. Answers are remembered for [`REMEMBER`].
//! Leaves to others: what becomes of a mail when the server is down.

use super::table::{key, language};
use super::{Directory, Entry, ReadNumber, Trouble};
use crate::Pending;
use crate::mail::Address;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio_rustls::rustls::ClientConfig;
use zeroize::Zeroizing;

/// So long an answer counts, also that nobody is known.
pub const REMEMBER: Duration = Duration::from_secs(300);

/// At most so many answers are remembered.
const ANSWERS: usize = 10_000;

/// So long a server that did not answer is not asked again: a mail to a hundred people must not wait for it a hundred times.
const PAUSE: Duration = Duration::from_secs(5);

/// What is replaced by the address in a filter.
pub const PLACE: &str = "{address}";

/// RFC 4511 section 4.1.9: more entries than we wanted to see.
const SIZE_LIMIT: u32 = 4;

/// How a server is reached and asked.
pub struct LdapSettings {
    /// `ldap://HOST` or `ldaps://HOST`, with a port if it is another.
    pub url: String,
    /// TLS begins inside the connection (RFC 4511 section 4.14), for `ldap://`.
    pub starttls: bool,
    /// Whose certificates are believed.
    pub tls: Arc<ClientConfig>,
    /// Name and password; without, nobody in particular asks.
    pub bind: Option<(String, Zeroizing<String>)>,
    /// Below which entry people are.
    pub base: String,
    /// Which of them has an address: holds [`PLACE`].
    pub filter: String,
    /// Attributes with a number; the first that has one counts.
    pub phone: Vec<String>,
    /// The attribute with the language.
    pub language: String,
    /// How long one question may take, connecting included.
    pub timeout: Duration,
}

/// People in an LDAP server.
pub struct LdapDirectory {
    name: String,
    asker: Arc<Asker>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    answers: HashMap<String, (Instant, Option<Entry>)>,
    down: Option<(Instant, String)>,
}

/// What a question needs; runs on a task of its own, as the library panics at answers that are no LDAP.
struct Asker {
    name: String,
    settings: LdapSettings,
    numbers: ReadNumber,
    /// One connection carries all questions at once (RFC 4511 section 3.1).
    open: tokio::sync::Mutex<Option<Ldap>>,
}

impl LdapDirectory {
    /// Connects when it is first asked. Fails if the filter is none.
    pub fn new(name: &str, settings: LdapSettings, numbers: ReadNumber) -> Result<Self, String> {
        let sample = settings.filter.replace(PLACE, "a@b.example");
        if !settings.filter.contains(PLACE) || ldap3::parse_filter(sample).is_err() {
            return Err(format!(
                "this is no filter with {PLACE} in it, such as (mail={PLACE})"
            ));
        }
        Ok(LdapDirectory {
            name: name.to_owned(),
            asker: Arc::new(Asker {
                name: name.to_owned(),
                settings,
                numbers,
                open: tokio::sync::Mutex::default(),
            }),
            memory: Mutex::default(),
        })
    }

    async fn ask(&self, filter: String) -> Result<Option<Entry>, Trouble> {
        if let Some(why) = self.paused() {
            return Err(self.trouble(why));
        }
        let (asker, timeout) = (self.asker.clone(), self.asker.settings.timeout);
        let work = tokio::spawn(async move { asker.ask(&filter).await });
        let cancel = work.abort_handle();
        let asked = match tokio::time::timeout(timeout, work).await {
            Ok(Ok(asked)) => asked,
            Ok(Err(_)) => Err("the server's answer is no LDAP".to_owned()),
            Err(_) => Err(format!("no answer within {} seconds", timeout.as_secs())),
        };
        cancel.abort();
        if let Err(why) = &asked {
            // What went wrong on a connection may do so again.
            self.asker.forget().await;
            self.memory().down = Some((Instant::now(), why.clone()));
        }
        asked.map_err(|why| self.trouble(why))
    }

    fn paused(&self) -> Option<String> {
        let memory = self.memory();
        let (since, why) = memory.down.as_ref()?;
        (since.elapsed() < PAUSE).then(|| why.clone())
    }

    fn trouble(&self, why: String) -> Trouble {
        Trouble {
            directory: self.name.clone(),
            why,
        }
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Directory for LdapDirectory {
    fn name(&self) -> &str {
        &self.name
    }

    fn find<'a>(&'a self, recipient: &'a Address) -> Pending<'a, Result<Option<Entry>, Trouble>> {
        Box::pin(async move {
            let key = key(recipient);
            if let Some(known) = self.memory().known(&key) {
                return Ok(known);
            }
            let filter = filter(&self.asker.settings.filter, recipient);
            let answer = self.ask(filter).await?;
            self.memory().keep(key, answer.clone());
            Ok(answer)
        })
    }

    fn check(&self) -> Pending<'_, Result<(), Trouble>> {
        // Nobody has it, and the server has to look all the same.
        let nobody = "cloakroom-check@check.invalid";
        let filter = self.asker.settings.filter.replace(PLACE, nobody);
        Box::pin(async { self.ask(filter).await.map(|_| ()) })
    }

    fn reread(&self) -> Result<(), Trouble> {
        *self.memory() = Memory::default();
        Ok(())
    }
}

impl Memory {
    fn known(&self, key: &str) -> Option<Option<Entry>> {
        let (at, answer) = self.answers.get(key)?;
        (at.elapsed() < REMEMBER).then(|| answer.clone())
    }

    fn keep(&mut self, key: String, answer: Option<Entry>) {
        if self.answers.len() >= ANSWERS {
            self.answers.retain(|_, (at, _)| at.elapsed() < REMEMBER);
        }
        if self.answers.len() >= ANSWERS {
            self.answers.clear();
        }
        self.answers.insert(key, (Instant::now(), answer));
        self.down = None;
    }
}

impl Asker {
    /// A connection that was idle may be gone without our knowledge: then once more on a new one.
    async fn ask(&self, filter: &str) -> Result<Option<Entry>, String> {
        let (mut ldap, is_new) = self.connection().await?;
        let mut found = self.search(&mut ldap, filter).await;
        if found.is_err() && !is_new {
            self.forget().await;
            let (mut ldap, _) = self.connection().await?;
            found = self.search(&mut ldap, filter).await;
        }
        let entries = found.map_err(failed)?;
        Ok(self.only(entries))
    }

    async fn forget(&self) {
        // A question that hangs in the lock is cancelled before.
        *self.open.lock().await = None;
    }

    async fn connection(&self) -> Result<(Ldap, bool), String> {
        let mut open = self.open.lock().await;
        if let Some(ldap) = open.as_mut()
            && !ldap.is_closed()
        {
            return Ok((ldap.clone(), false));
        }
        let ldap = self.connect().await?;
        *open = Some(ldap.clone());
        Ok((ldap, true))
    }

    async fn connect(&self) -> Result<Ldap, String> {
        let s = &self.settings;
        let how = LdapConnSettings::new()
            .set_conn_timeout(s.timeout)
            .set_config(s.tls.clone())
            .set_starttls(s.starttls);
        let connected = LdapConnAsync::with_settings(how, &s.url).await;
        let (connection, mut ldap) = connected.map_err(failed)?;
        tokio::spawn(async move {
            // Why it ended shows at the next question.
            let _ = connection.drive().await;
        });
        if let Some((name, password)) = &s.bind {
            let bound = ldap.simple_bind(name, password).await.map_err(failed)?;
            bound
                .success()
                .map_err(|e| format!("bind: {}", failed(e)))?;
        }
        Ok(ldap)
    }

    /// At most two entries: one is right, two are one too many.
    async fn search(&self, ldap: &mut Ldap, filter: &str) -> Result<Vec<SearchEntry>, LdapError> {
        let s = &self.settings;
        let attributes: Vec<&str> = (s.phone.iter())
            .chain([&s.language])
            .map(String::as_str)
            .collect();
        ldap.with_search_options(SearchOptions::new().sizelimit(2));
        let found = ldap
            .search(&s.base, Scope::Subtree, filter, attributes)
            .await?;
        let (entries, result) = (found.0, found.1);
        if result.rc != SIZE_LIMIT {
            result.success()?;
        }
        Ok(entries.into_iter().map(SearchEntry::construct).collect())
    }

    fn only(&self, mut entries: Vec<SearchEntry>) -> Option<Entry> {
        let entry = entries.pop()?;
        if !entries.is_empty() {
            self.doubt("two entries have one address: neither is used");
            return None;
        }
        let values = |name: &str| {
            let mut all = entry.attrs.iter();
            let found = all.find(|(attribute, _)| attribute.eq_ignore_ascii_case(name));
            found
                .map(|(_, values)| values.as_slice())
                .unwrap_or_default()
        };
        let phone = self
            .settings
            .phone
            .iter()
            .find_map(|name| self.number(values(name)));
        let spoken = values(&self.settings.language).first();
        Some(Entry {
            phone,
            language: spoken.and_then(|text| preferred(text)),
        })
    }

    /// The number in the values of one attribute; they have no order, so of two none is the first.
    fn number(&self, values: &[String]) -> Option<String> {
        let read = values.iter().filter_map(|value| (self.numbers)(value).ok());
        let mut numbers: BTreeSet<String> = read.collect();
        if numbers.len() > 1 {
            self.doubt("an entry has two numbers in one attribute: neither is used");
            return None;
        }
        if numbers.is_empty() && !values.is_empty() {
            self.doubt("an entry has a number that nobody can be called by");
        }
        numbers.pop_first()
    }

    fn doubt(&self, what: &str) {
        tracing::warn!(target: "directory", name = self.name, "{what}");
    }
}

/// The filter for an address, which is a value in it and nothing else (RFC 4515 section 3).
fn filter(template: &str, address: &Address) -> String {
    template.replace(PLACE, &ldap3::ldap_escape(address.to_string()))
}

/// RFC 2798 section 2.7: as in the header field Accept-Language; the first counts.
fn preferred(text: &str) -> Option<String> {
    let first = text.split([',', ';']).next().unwrap_or_default();
    language(first.trim()).ok().flatten()
}

fn failed(error: impl Display) -> String {
    let text = error.to_string();
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_value_and_never_a_part_of_the_filter() {
        let rows = [
            ("bo@partner.example", "(mail=bo@partner.example)"),
            ("*@partner.example", "(mail=\\2a@partner.example)"),
            (
                "\"*)(uid=*\"@partner.example",
                "(mail=\"\\2a\\29\\28uid=\\2a\"@partner.example)",
            ),
            (
                "\"a\\\\b\"@partner.example",
                "(mail=\"a\\5c\\5cb\"@partner.example)",
            ),
        ];
        for (address, want) in rows {
            let address: Address = address.parse().unwrap();
            assert_eq!(filter("(mail={address})", &address), want);
            assert!(ldap3::parse_filter(want).is_ok(), "{want}");
        }
    }

    #[test]
    fn a_language_is_the_first_one_liked() {
        let rows = [
            ("sv", Some("sv")),
            ("de-CH, en;q=0.5", Some("de-ch")),
            ("fr;q=0.9", Some("fr")),
            ("", None),
            ("*", None),
        ];
        for (text, want) in rows {
            assert_eq!(preferred(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn answers_are_remembered_within_bounds() {
        let mut memory = Memory::default();
        for i in 0..ANSWERS + 5 {
            memory.keep(format!("{i}"), None);
        }
        assert!(memory.answers.len() <= ANSWERS);
        assert_eq!(memory.known(&format!("{}", ANSWERS + 4)), Some(None));
        assert_eq!(memory.known("0"), None);
    }
}

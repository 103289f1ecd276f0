//! Directories: where the operator keeps the telephone numbers of people who get passwords as text messages.
//!
//! One trait, [`Directory`], and its kinds beside it: [`mod@file`] reads a table, [`ldap`] asks a server. [`Directories`] asks all of them in order.
//! Promises: a number comes out of a directory for exactly the address that was asked for, never out of a mail (T102); an answer takes
//! bounded time; what cannot be read as a number is no number. A directory that does not answer is a [`Trouble`], never "not found":
//! else the password would silently take another way; only its operator can say that it may be skipped. Nothing here logs a number.
//! Leaves to others: which recipients need a number, and what the sender gave himself, which always comes first (`gateway`).

use crate::Pending;
use crate::mail::Address;
use crate::transfer::contact::{Contact, KnownNumber, Origin};
use crate::transfer::phone::Unfit;
use std::sync::Arc;

pub mod file;
pub mod ldap;
pub mod table;

pub use file::FileDirectory;
pub use ldap::{LdapDirectory, LdapSettings};

/// How numbers are read: as people write them → international form, or why nobody can be called by that.
pub type ReadNumber = Arc<dyn Fn(&str) -> Result<String, Unfit> + Send + Sync>;

/// One place that knows people.
///
/// `gateway` asks it for one address after the other, before anything is sealed. An implementer answers within seconds or fails, and
/// must not log what it answers.
pub trait Directory: Send + Sync {
    /// Its name in the configuration.
    fn name(&self) -> &str;

    /// What it knows of this address; `None`: nothing.
    fn find<'a>(&'a self, recipient: &'a Address) -> Pending<'a, Result<Option<Entry>, Trouble>>;

    /// Whether it can be asked now.
    fn check(&self) -> Pending<'_, Result<(), Trouble>> {
        Box::pin(async { Ok(()) })
    }

    /// Reads anew what it holds in memory; what cannot be read leaves it as it was.
    fn reread(&self) -> Result<(), Trouble> {
        Ok(())
    }
}

/// What a directory knows of one person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// In international form.
    pub phone: Option<String>,
    /// Such as `sv`.
    pub language: Option<String>,
}

/// A directory cannot be asked. The text is for the log and the operator, and holds no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The directory's name.
    pub directory: String,
    /// What went wrong.
    pub why: String,
}

/// What was found for an address, and who knew the number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What is known.
    pub contact: Contact,
    /// The directory that had the number.
    pub by: Option<String>,
}

/// What becomes of a search when a directory does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfDown {
    /// It fails.
    Defer,
    /// As if nobody were known there.
    Skip,
}

/// All directories, in the order of the configuration.
#[derive(Clone, Default)]
pub struct Directories(Vec<(Arc<dyn Directory>, IfDown)>);

impl Directories {
    /// Asked in this order.
    pub fn new(directories: Vec<(Arc<dyn Directory>, IfDown)>) -> Self {
        Directories(directories)
    }

    /// True if there is nobody to ask.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first number that a directory has for this address, and the first language.
    pub async fn find(&self, recipient: &Address) -> Result<Found, Trouble> {
        let mut found = Found::default();
        for (directory, if_down) in &self.0 {
            let entry = match directory.find(recipient).await {
                Err(trouble) if *if_down == IfDown::Skip => {
                    tracing::warn!(target: "directory", "skipped: {trouble}");
                    None
                }
                asked => asked?,
            };
            let entry = entry.unwrap_or_default();
            found.contact.language = found.contact.language.or(entry.language);
            if let Some(digits) = entry.phone {
                let origin = Origin::Directory;
                found.contact.number = Some(KnownNumber { digits, origin });
                found.by = Some(directory.name().to_owned());
                break;
            }
        }
        Ok(found)
    }

    /// Whether each can be asked.
    pub async fn check(&self) -> Result<(), Trouble> {
        for (directory, _) in &self.0 {
            directory.check().await?;
        }
        Ok(())
    }

    /// Has each read anew what it holds; fails at the first that cannot, which keeps what it had.
    pub fn reread(&self) -> Result<(), Trouble> {
        let mut all = self.0.iter();
        all.try_for_each(|(directory, _)| directory.reread())
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let phone = self.phone.as_ref().map(|_| "…");
        f.debug_struct("Entry")
            .field("phone", &phone)
            .field("language", &self.language)
            .finish()
    }
}

impl std::fmt::Debug for Directories {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.0.iter().map(|(directory, _)| directory.name());
        f.debug_list().entries(names).finish()
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "directory \"{}\": {}", self.directory, self.why)
    }
}

impl std::error::Error for Trouble {}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(&'static str, Result<Option<Entry>, Trouble>);

    impl Directory for Fixed {
        fn name(&self) -> &str {
            self.0
        }

        fn find<'a>(&'a self, _: &'a Address) -> Pending<'a, Result<Option<Entry>, Trouble>> {
            Box::pin(async { self.1.clone() })
        }
    }

    fn knows(
        name: &'static str,
        phone: Option<&str>,
        language: Option<&str>,
    ) -> Arc<dyn Directory> {
        let entry = Entry {
            phone: phone.map(str::to_owned),
            language: language.map(str::to_owned),
        };
        Arc::new(Fixed(name, Ok(Some(entry))))
    }

    fn down() -> Arc<dyn Directory> {
        let trouble = Trouble {
            directory: "down".into(),
            why: "no answer".into(),
        };
        Arc::new(Fixed("down", Err(trouble)))
    }

    fn deferring(all: &[&Arc<dyn Directory>]) -> Directories {
        let all = all.iter().map(|d| (Arc::clone(d), IfDown::Defer));
        Directories::new(all.collect())
    }

    #[tokio::test]
    async fn the_first_that_knows_wins_and_a_silent_one_stops_the_search() {
        let bo: Address = "bo@partner.example".parse().unwrap();
        let (empty, first) = (knows("a", None, Some("sv")), knows("b", Some("+461"), None));
        let second = knows("c", Some("+492"), Some("de"));
        let found = deferring(&[&empty, &first, &second])
            .find(&bo)
            .await
            .unwrap();
        assert_eq!(found.contact.number.unwrap().digits, "+461");
        assert_eq!(found.contact.language.as_deref(), Some("sv"));
        assert_eq!(found.by.as_deref(), Some("b"));

        // Nobody behind a number is asked, so nobody behind it can be missed.
        let found = deferring(&[&first, &down()]).find(&bo).await.unwrap();
        assert_eq!(found.by.as_deref(), Some("b"));
        let trouble = deferring(&[&empty, &down(), &second]).find(&bo).await;
        assert_eq!(trouble.unwrap_err().directory, "down");
        let skipped = vec![(down(), IfDown::Skip), (second, IfDown::Defer)];
        let found = Directories::new(skipped).find(&bo).await.unwrap();
        assert_eq!(found.by.as_deref(), Some("c"));
        let none = Directories::default().find(&bo).await.unwrap();
        assert_eq!(none, Found::default());
    }

    #[test]
    fn numbers_are_not_printed() {
        let entry = Entry {
            phone: Some("+46701234547".into()),
            language: None,
        };
        let known = KnownNumber {
            digits: "+46701234547".into(),
            origin: Origin::Directory,
        };
        assert!(!format!("{entry:?} {known:?}").contains("4547"));
    }
}

//! The manual: Markdown pages compiled into the program (`cloakroom manual PAGE`) and into this documentation.
//!
//! Promises: what a page names exists; the tests of the things named keep it so. Leaves to others: the language of policy files in
//! full (`policies/README.md`), every key of the configuration (`cloakroom config example`).

/// One page.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// What `cloakroom manual` is given.
    pub name: &'static str,
    /// One line for the list.
    pub about: &'static str,
    /// Markdown.
    pub text: &'static str,
}

/// All pages, in the order one would read them.
pub const PAGES: &[Page] = &[
    Page {
        name: "postfix",
        about: "put it beside Postfix, Exim, Sendmail or another mail server: wirings, recipes, the doctor",
        text: include_str!("postfix.md"),
    },
    Page {
        name: "milter",
        about: "put it behind Sendmail or Postfix as a milter",
        text: include_str!("milter.md"),
    },
    Page {
        name: "tripwire",
        about: "notice mail that has gone around Cloakroom, at the last mail server",
        text: include_str!("tripwire.md"),
    },
    Page {
        name: "policies",
        about: "who gets what protection: the rules on one page",
        text: include_str!("policies.md"),
    },
    Page {
        name: "detectors",
        about: "numbers and secrets that rules can find, what is checked, how often by chance",
        text: include_str!("detectors.md"),
    },
    Page {
        name: "documents",
        about: "which files are read, what that may cost, and what cannot be read",
        text: include_str!("documents.md"),
    },
    Page {
        name: "hold",
        about: "mail that waits for approval or for its sender: who decides, how, what people are told",
        text: include_str!("hold.md"),
    },
    Page {
        name: "directories",
        about: "telephone numbers of recipients: where they come from, and where they never do",
        text: include_str!("directories.md"),
    },
    Page {
        name: "look",
        about: "your own colours, logo and sentences, in pages and mails",
        text: include_str!("look.md"),
    },
    Page {
        name: "notices",
        about: "what senders are told: receipts, downloads, ends, locks; and who decides that",
        text: include_str!("notices.md"),
    },
    Page {
        name: "senders",
        about: "what senders can do with what they have sent: their page, answers to receipts; a leaflet for them",
        text: include_str!("senders.md"),
    },
    Page {
        name: "channels",
        about: "ways a password takes: what follows a failure, your own program, a signed webhook",
        text: include_str!("channels.md"),
    },
    Page {
        name: "text-messages",
        about: "passwords by text message: numbers, providers, limits against fraud",
        text: include_str!("text-messages.md"),
    },
    Page {
        name: "quick",
        about: "without a password in browsers that a recipient has set up: the switch, devices, codes, what protects what",
        text: include_str!("quick.md"),
    },
    Page {
        name: "queue",
        about: "mail that left for some of its recipients: tries, reports, and what an operator can do",
        text: include_str!("queue.md"),
    },
    Page {
        name: "uploads",
        about: "answers that recipients write on the page, with files: limits, and how they come in",
        text: include_str!("uploads.md"),
    },
    Page {
        name: "policy",
        about: "change the rules without fear: try, test, look over, compare, reload",
        text: include_str!("policy.md"),
    },
    Page {
        name: "mails",
        about: "what happens to which mail, part by part, and why one goes whole",
        text: include_str!("mails.md"),
    },
    Page {
        name: "configuration",
        about: "cloakroom.toml: how it is read, secrets, what is refused",
        text: include_str!("configuration.md"),
    },
    Page {
        name: "operations",
        about: "start, watch, back up, upgrade; symptom, cause, command",
        text: include_str!("operations.md"),
    },
    Page {
        name: "failures",
        about: "what happens to a mail when something dies",
        text: include_str!("failures.md"),
    },
    Page {
        name: "formats",
        about: "links, passwords, blobs, wraps and records, byte by byte",
        text: include_str!("formats.md"),
    },
    Page {
        name: "glossary",
        about: "one word per thing",
        text: include_str!("glossary.md"),
    },
];

/// The page of this name.
pub fn page(name: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.name == name)
}

#[doc = include_str!("postfix.md")]
pub mod postfix {}
#[doc = include_str!("milter.md")]
pub mod milter {}
#[doc = include_str!("tripwire.md")]
pub mod tripwire {}
#[doc = include_str!("policies.md")]
pub mod policies {}
#[doc = include_str!("detectors.md")]
pub mod detectors {}
#[doc = include_str!("hold.md")]
pub mod hold {}

#[doc = include_str!("look.md")]
pub mod look {}
#[doc = include_str!("channels.md")]
pub mod channels {}
#[doc = include_str!("senders.md")]
pub mod senders {}
#[doc = include_str!("configuration.md")]
pub mod configuration {}
#[doc = include_str!("operations.md")]
pub mod operations {}
#[doc = include_str!("failures.md")]
pub mod failures {}
#[doc = include_str!("formats.md")]
pub mod formats {}
#[doc = include_str!("glossary.md")]
pub mod glossary {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_begins_with_its_title_and_fits_a_terminal() {
        for page in PAGES {
            assert!(page.text.starts_with("# "), "{}", page.name);
            for line in page.text.lines().filter(|l| !l.starts_with('|')) {
                assert!(line.chars().count() <= 140, "{}: {line}", page.name);
            }
        }
    }

    /// `cloakroom WORD …` in a page is a command that exists.
    #[test]
    fn every_command_a_page_names_exists() {
        use clap::CommandFactory;
        let command = crate::doors::cli::args::Arguments::command();
        for page in PAGES {
            for named in page.text.split("`cloakroom ").skip(1) {
                let word = named.split([' ', '`', '\n']).next().unwrap_or_default();
                let known = command.get_subcommands().any(|c| c.get_name() == word);
                assert!(known || word.starts_with('-'), "{}: {word}", page.name);
            }
        }
    }

    /// `section.key` in a page is a key of the configuration.
    #[test]
    fn every_key_a_page_names_exists() {
        let sections = [
            "identity", "intake", "portal", "admin", "store", "transfer", "policy", "log",
        ];
        for page in PAGES {
            for quoted in page.text.split('`').skip(1).step_by(2) {
                let Some((section, key)) = quoted.split_once('.') else {
                    continue;
                };
                let key = key.split([' ', '=']).next().unwrap_or_default();
                // `policy.scan.max_bytes` is a key of a table in a table.
                let key = key.rsplit('.').next().unwrap_or_default();
                if sections.contains(&section) && !["rs", "toml", "md"].contains(&key) {
                    let example = crate::config::EXAMPLE;
                    assert!(
                        example.contains(&format!("{key} =")),
                        "{}: {quoted}",
                        page.name
                    );
                }
            }
        }
    }
}

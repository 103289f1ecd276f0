//! The block: what stands in a mail where its files (or its text) were, as facts in the recipient's language.
//!
//! Promises: every name in it is a stranger's text and is treated so; the link stands alone on its line; nothing of the files when the
//! rule hides names. Leaves to others: the two faces (`plain`, `html`), where it goes (`point`, `insert`).

mod html;
mod plain;

use super::person::{Person, clean};
use crate::texts::look::Colour;
use crate::texts::{House, Look, Texts, format};
use crate::transfer::TransferId;
use crate::transfer::proof::{HeldLink, HeldTransfer, PasswordLine};

/// Marks around a name inside a sentence, so that the HTML face can isolate its direction; no name can hold them (`clean`).
const NAME_BEGINS: char = '\u{e000}';
const NAME_ENDS: char = '\u{e001}';

/// So many files are listed; of more, only their number.
const LISTED: usize = 10;

/// One block for one link.
#[derive(Debug)]
pub(super) struct Block {
    id: TransferId,
    accent: Colour,
    language: &'static str,
    title: String,
    files: Vec<(String, String)>,
    more: Option<String>,
    view: String,
    button: String,
    leads: String,
    url: String,
    password: Option<String>,
    until: String,
    genuine: String,
    check: Option<(String, String)>,
    /// What the sender wrote to stay open, above the block, in a mail whose text is sealed.
    open: Option<String>,
}

/// What a block is made of.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) house: &'a House,
    pub(super) texts: &'a Texts,
    pub(super) sender: &'a Person,
    pub(super) transfer: &'a HeldTransfer,
    pub(super) link: &'a HeldLink,
    pub(super) language: Option<&'a str>,
    pub(super) hide_names: bool,
}

impl Block {
    /// For a mail whose files went into the transfer.
    pub(super) fn of_files(facts: &Facts<'_>) -> Self {
        let count = facts.link.files.len();
        let title = facts.say(
            "block-title",
            &[
                ("count", count.into()),
                ("sender", marked(&facts.sender.name).into()),
                ("size", facts.size().into()),
            ],
        );
        let files = if facts.hide_names {
            Vec::new()
        } else {
            facts.files()
        };
        let more = (files.len() < count && !facts.hide_names)
            .then(|| facts.say("block-more", &[("count", (count - files.len()).into())]));
        Block {
            title,
            files,
            more,
            view: facts.say("block-view", &[("count", count.into())]),
            button: facts.say("block-button", &[("count", count.into())]),
            genuine: facts.house_says("block-genuine"),
            ..Block::frame(facts)
        }
    }

    /// For a mail whose text went too.
    pub(super) fn of_message(facts: &Facts<'_>, open: Option<String>) -> Self {
        let title = facts.say(
            "sealed-title",
            &[
                ("count", facts.link.files.len().into()),
                ("sender", marked(&facts.sender.name).into()),
                ("address", marked(&facts.sender.address).into()),
            ],
        );
        Block {
            title,
            view: facts.say("sealed-read", &[]),
            button: facts.say("sealed-button", &[]),
            genuine: facts.house_says("sealed-genuine"),
            open,
            ..Block::frame(facts)
        }
    }

    /// For a mail of ours that brings a new link.
    pub(super) fn of_new_link(facts: &Facts<'_>, message: bool) -> Self {
        let key = match facts.link.password {
            // One that is agreed opens the new link too.
            PasswordLine::None
            | PasswordLine::EmailCode
            | PasswordLine::Quick
            | PasswordLine::Agreed => "renewed-text-link",
            _ => "renewed-text",
        };
        let open = facts.say(key, &[("sender", facts.sender.name.as_str().into())]);
        match message {
            true => Block::of_message(facts, Some(open)),
            false => Block {
                open: Some(open),
                ..Block::of_files(facts)
            },
        }
    }

    /// One with the characters that are hardest to place, to try where a block can go at all.
    pub(super) fn sample() -> Self {
        Block {
            id: TransferId::fresh(),
            accent: Look::default().accent,
            language: "en",
            title: "åłあ".into(),
            files: Vec::new(),
            more: None,
            view: "-".into(),
            button: "-".into(),
            leads: "-".into(),
            url: "-".into(),
            password: None,
            until: "-".into(),
            genuine: "-".into(),
            check: None,
            open: None,
        }
    }

    /// What both kinds share.
    fn frame(facts: &Facts<'_>) -> Self {
        let zone = &facts.house.time_zone;
        let date = format::long_date(facts.language(), facts.link.expires, zone);
        Block {
            id: facts.transfer.id,
            accent: facts.house.look.accent,
            language: facts.language(),
            title: String::new(),
            files: Vec::new(),
            more: None,
            view: String::new(),
            button: String::new(),
            leads: facts.say("block-button-leads", &[]),
            url: facts.url(),
            password: facts.password(),
            until: facts.say("block-until", &[("date", date.into())]),
            genuine: String::new(),
            check: facts
                .house
                .help_url
                .as_ref()
                .map(|url| (facts.say("block-check", &[]), clean(url, 500))),
            open: None,
        }
    }

    /// The title as one line without marks, for the `<title>` of a mail of ours.
    fn plain_title(&self) -> String {
        unmarked(&self.title)
    }
}

impl Facts<'_> {
    fn language(&self) -> &'static str {
        self.texts.language(self.language)
    }

    fn say(&self, key: &str, arguments: &[(&str, crate::texts::Value<'_>)]) -> String {
        self.texts.say(self.language(), key, arguments)
    }

    fn house_says(&self, key: &str) -> String {
        let organisation = clean(&self.house.organisation, 80);
        self.say(key, &[("organisation", organisation.into())])
    }

    /// The only place where a link is written down.
    fn url(&self) -> String {
        let token = self.link.secret.token();
        format!("{}/t/{token}", self.house.portal_url.trim_end_matches('/'))
    }

    fn size(&self) -> String {
        let sum = self.link.files.iter().map(|file| file.size).sum();
        format::size(self.language(), sum)
    }

    fn files(&self) -> Vec<(String, String)> {
        self.link
            .files
            .iter()
            .take(LISTED)
            .map(|file| {
                (
                    clean(&file.name, 200),
                    format::size(self.language(), file.size),
                )
            })
            .collect()
    }

    fn password(&self) -> Option<String> {
        match &self.link.password {
            PasswordLine::None => None,
            PasswordLine::TextMessage(digits) | PasswordLine::KnownNumber(digits, _) => {
                Some(self.say("block-password-sms", &[("digits", clean(digits, 8).into())]))
            }
            PasswordLine::Sender => Some(self.say(
                "block-password-sender",
                &[("sender", marked(&self.sender.name).into())],
            )),
            PasswordLine::Other(way) => {
                Some(self.say("block-password-other", &[("way", clean(way, 100).into())]))
            }
            PasswordLine::EmailCode => Some(self.say("block-password-code", &[])),
            PasswordLine::Quick => Some(self.say("block-password-quick", &[])),
            PasswordLine::Agreed => Some(self.house_says("block-password-agreed")),
        }
    }
}

fn marked(name: &str) -> String {
    format!("{NAME_BEGINS}{name}{NAME_ENDS}")
}

fn unmarked(text: &str) -> String {
    text.replace([NAME_BEGINS, NAME_ENDS], "")
}

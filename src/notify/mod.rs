//! Channels: the ways a password takes, never the mailbox that gets the link.
//!
//! [`http`] calls a provider of text messages, [`smpp`] sends them to a network's centre, [`sender`] writes to the mail's own sender, [`command`] runs a program, [`webhook`]
//! calls an address of the operator's, [`folder`] and [`memory`] keep what they get. Where [`agreed`] is chosen nothing is sent. [`Router`] chooses the way of each password before anything is sealed.

use crate::Pending;
use crate::fault::Fault;
use crate::transfer::report::Report;
use crate::transfer::{Destination, Notice};
use std::sync::Arc;
use std::time::Duration;

pub mod agreed;
pub mod code;
pub mod command;
mod countries;
pub mod folder;
pub mod guest;
pub mod http;
pub mod memo;
pub mod memory;
mod missing;
mod patterns;
pub mod post;
pub mod receipt;
pub mod report;
pub mod router;
pub mod sender;
pub mod smpp;
mod status;
mod steered;
mod template;
pub mod texting;
pub mod webhook;
pub mod wording;

pub use agreed::AgreedChannel;
pub use command::{CommandChannel, CommandSettings};
pub use folder::FolderChannel;
pub use http::{HttpChannel, HttpSettings};
pub use memory::MemoryChannel;
pub use post::Post;
pub use router::Router;
pub use sender::SenderChannel;
pub use smpp::{SmppChannel, SmppSettings};
pub use texting::Texting;
pub use webhook::{WebhookChannel, WebhookSettings};

/// One way to reach a person.
///
/// `gateway` calls `send` from the outbox, a few notices at once, after the link mail was accepted; at most a few tries of each, all
/// with the same notice id. An implementer must not log what a notice holds, nor try again by itself.
pub trait Channel: Send + Sync {
    /// Its name in the configuration.
    fn name(&self) -> &str;

    /// What it is: `agreed`, `sms`, `sender`, `command`, `webhook`, `folder`.
    fn kind(&self) -> &'static str;

    /// Sends one notice.
    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>>;

    /// The same, and by which references the network will report what becomes of its messages; none where that is said by a call on
    /// `{{report_url}}`, or not at all.
    fn send_noting<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<Vec<String>, Trouble>> {
        Box::pin(async { self.send(notice).await.map(|()| Vec::new()) })
    }

    /// It may call this whenever its network says what became of a message, until it is closed.
    fn listen(&self, _ear: Ear) {}

    /// Ends what it keeps open; a later notice opens it again.
    fn close(&self) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// How long a report may take after a notice was taken; `None` where taken is all that is ever heard.
    fn report_within(&self) -> Option<Duration> {
        None
    }

    /// What a call on `{{report_url}}` says, its query and its body; `None` if that is not the end of it.
    fn report(&self, _query: &[u8], _body: &[u8]) -> Option<Report> {
        None
    }

    /// What it may send as text messages, and for how much; asked and counted before each. `None`: it sends none.
    fn texting(&self) -> Option<&Texting> {
        None
    }

    /// Whether this destination may be used at all; asked before anything is sealed.
    fn reaches(&self, destination: &Destination) -> bool {
        self.texting()
            .is_none_or(|texting| texting.reaches(destination))
    }

    /// How block and page name this way, behind "you will get it": `by the reception desk`.
    fn way(&self) -> &str {
        "another way"
    }
}

/// Takes a network's reference of a message and what became of it; false if that reference is not known. Blocks.
pub type Ear = Arc<dyn Fn(&str, Report) -> Result<bool, Fault> + Send + Sync>;

/// A notice could not be sent. The text is for the log and must not hold the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Try again.
    Later(String),
    /// Trying again is of no use: tell the sender.
    Never(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Later(why) => write!(f, "not now: {why}"),
            Trouble::Never(why) => write!(f, "never: {why}"),
        }
    }
}

impl std::error::Error for Trouble {}

#[cfg(test)]
mod sample {
    use crate::texts::House;
    use crate::transfer::notice::NoticeEntry;
    use crate::transfer::{Destination, Notice, Password};
    use jiff::tz::TimeZone;
    use std::sync::Arc;

    pub(super) fn house() -> Arc<House> {
        Arc::new(House {
            organisation: "Example Region".into(),
            portal_url: "https://files.example.org".into(),
            help_url: None,
            hostname: "gate.example.org".into(),
            domains: vec!["example.org".into()],
            languages: vec!["en".into()],
            time_zone: TimeZone::UTC,
            notice_from: "Example Region Files <files@example.org>".into(),
            look: crate::texts::Look::default(),
        })
    }

    pub(super) fn notice(destination: Destination) -> Notice {
        Notice {
            id: "7K3M9XQF-0".into(),
            transfer: "7K3M9XQF".into(),
            mail: "2Q8ZVT6M".into(),
            channel: "x".into(),
            destination,
            sender: "anna@example.org".into(),
            sender_name: Some("Anna Lind".into()),
            message_id: Some("<1@example.org>".into()),
            language: "en".into(),
            entries: vec![NoticeEntry {
                recipient: "bo@partner.example".into(),
                password: Password::given("K7PM-2WXD-9RQF"),
            }],
            expires: 1_764_979_140,
            created: 1_764_000_000,
            receipt: None,
            then: Vec::new(),
            number: Default::default(),
        }
    }
}

//! Mails of our own: from the null sender, straight to an outlet, never looked at by policy.
//!
//! Promises: the header fields that keep machines from answering (RFC 3834); the same `Message-ID` for every try, so that mailboxes drop
//! doubles; no delivery report is asked for. Leaves to others: the words, and trying again.
//! Fails with [`Trouble`]: what the next hop refuses is *never*, what it defers, or never answers for, is *later*.

use super::Trouble;
use crate::fault::Fault;
use crate::forward::{Outlet, unhurried};
use crate::mail::dkim::Signers;
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::{Content, Envelope, Lane, Recipient, Variant};
use crate::texts::House;
use crate::transfer::proof::Answer;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::raw::Raw;
use std::sync::Arc;

/// Makes an outlet for one mail.
pub type OpenOutlet = Arc<dyn Fn() -> Box<dyn Outlet> + Send + Sync>;

/// Sends mails of our own.
#[derive(Clone)]
pub struct Post {
    house: Arc<House>,
    signers: Signers,
    open: OpenOutlet,
}

/// One mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The left side of its `Message-ID`.
    pub id: String,
    /// To whom.
    pub to: crate::mail::Address,
    /// Its subject.
    pub subject: String,
    /// Its text, lines ended by CRLF.
    pub text: String,
    /// The same as a document in HTML, if it has one.
    pub html: Option<String>,
    /// Who reads answers, where that is neither the gateway nor nobody.
    pub reply_to: Option<crate::mail::Address>,
    /// The only way it may leave by.
    pub lane: Lane,
    /// `Message-ID` of the mail it is about; a stranger may have written it.
    pub thread: Option<String>,
    /// The transfer it is about: an answer goes to an address of its own, where commands are understood.
    pub transfer: Option<String>,
}

impl Post {
    /// `open` gives the way out: the next hop that also takes the protected mails. `signers` sign, if one speaks for our From.
    pub fn new(house: Arc<House>, signers: Signers, open: OpenOutlet) -> Self {
        Post {
            house,
            signers,
            open,
        }
    }

    /// Sends one; when this is `Ok` the next hop has it.
    pub async fn send(&self, letter: Letter) -> Result<(), Trouble> {
        let recipient = Recipient {
            notify: Some("NEVER".into()),
            ..Recipient::new(letter.to.clone())
        };
        let content = self.compose(&letter)?;
        let options = MailOptions {
            utf8: recipient.address.needs_utf8(),
            ..MailOptions::default()
        };
        let envelope = Envelope {
            sender: None,
            recipients: vec![recipient.clone()],
            options: options.clone(),
            client: Client::local(),
        };
        let mut outlet = (self.open)();
        let down = |fault: Fault| match fault.retry() {
            true => Trouble::Later(fault.to_string()),
            false => Trouble::Never(fault.to_string()),
        };
        outlet.begin(&envelope).await.map_err(down)?;
        let reply = outlet.vet(&recipient).await.map_err(down)?;
        match (reply.is_positive(), reply.is_permanent()) {
            (true, _) => {}
            (false, true) => return Err(Trouble::Never(reply.to_string())),
            (false, false) => return Err(Trouble::Later(reply.to_string())),
        }
        let variant =
            Variant::assertion(letter.lane, None, vec![recipient.clone()], options, content);
        let outcome = outlet.hand_over(vec![variant], unhurried()).await;
        match outcome.of(&recipient.address) {
            Some(Answer::Accepted(_) | Answer::Before) => Ok(()),
            // It may hold the only copy of a password: two that mailboxes know for the same are better than none.
            Some(Answer::Unknown) => Err(Trouble::Later("no answer to the final dot".into())),
            Some(Answer::Refused(reply)) => Err(Trouble::Never(reply.to_string())),
            Some(Answer::Deferred(reply)) => Err(Trouble::Later(reply.to_string())),
            Some(Answer::Waits(_) | Answer::Owned(_) | Answer::Obeyed | Answer::Stays) | None => {
                Err(Trouble::Later("the outlet gave no answer".into()))
            }
        }
    }

    /// Those of them whom the next hop would refuse for good, as it says now. Nothing is sent. An answer that does not come, and "later", count
    /// as no refusal: whoever asks may try them.
    pub async fn refused(&self, to: &[crate::mail::Address]) -> Vec<crate::mail::Address> {
        let recipients: Vec<Recipient> = to.iter().cloned().map(Recipient::new).collect();
        let envelope = Envelope {
            sender: mailbox(&self.house.notice_from).1.parse().ok(),
            options: MailOptions {
                utf8: to.iter().any(crate::mail::Address::needs_utf8),
                ..MailOptions::default()
            },
            recipients: recipients.clone(),
            client: Client::local(),
        };
        let mut outlet = (self.open)();
        let mut refused = Vec::new();
        if outlet.begin(&envelope).await.is_ok() {
            for recipient in &recipients {
                let said = outlet.vet(recipient).await;
                if said.is_ok_and(|reply| reply.is_permanent()) {
                    refused.push(recipient.address.clone());
                }
            }
        }
        outlet.reset().await;
        refused
    }

    fn compose(&self, letter: &Letter) -> Result<Content, Trouble> {
        let (name, address) = mailbox(&self.house.notice_from);
        let mut mail = MessageBuilder::new()
            .from(Address::new_address(name, address))
            .to(letter.to.to_string())
            .subject(letter.subject.as_str())
            .message_id(format!("{}@{}", letter.id, self.house.hostname))
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .header("X-Auto-Response-Suppress", Raw::new("All"))
            .text_body(letter.text.as_str());
        let transfer = letter.transfer.as_deref().and_then(|id| id.parse().ok());
        let commands = transfer.and_then(|id| self.house.commands_to(&id));
        if let Some(to) = letter.reply_to.clone().or(commands) {
            mail = mail.reply_to(to.to_string());
        }
        if let Some(html) = &letter.html {
            mail = mail.html_body(html.as_str());
        }
        if let Some(thread) = letter.thread.as_deref().and_then(message_id) {
            mail = mail.in_reply_to(thread).references(thread);
        }
        mail.write_to_vec()
            .and_then(|mail| self.signers.stamp(Content::new(mail)))
            .map_err(|e| Trouble::Later(format!("the mail cannot be written: {e}")))
    }
}

/// `Name <address>` or an address alone.
pub fn mailbox(text: &str) -> (Option<&str>, &str) {
    match text.rsplit_once('<') {
        Some((name, address)) => (
            Some(name.trim().trim_matches('"')).filter(|name| !name.is_empty()),
            address.trim_end().trim_end_matches('>'),
        ),
        None => (None, text.trim()),
    }
}

/// A `Message-ID` without its brackets, if it is one: it comes from a stranger's header.
pub fn message_id(text: &str) -> Option<&str> {
    let id = text.trim();
    let id = id.strip_prefix('<').unwrap_or(id);
    let id = id.strip_suffix('>').unwrap_or(id);
    let fit = (1..=250).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    fit.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_without_a_name_has_none() {
        let rows = [
            ("files@example.org", None),
            ("<files@example.org>", None),
            ("\"\" <files@example.org>", None),
            ("\"Files\" <files@example.org>", Some("Files")),
            ("Our Files <files@example.org>", Some("Our Files")),
        ];
        for (text, name) in rows {
            assert_eq!(mailbox(text), (name, "files@example.org"), "{text}");
        }
    }

    #[test]
    fn a_strangers_message_id_is_checked() {
        assert_eq!(message_id("<a@b>"), Some("a@b"));
        assert_eq!(message_id("<a@b>\r\nBcc: x"), None);
        assert_eq!(message_id("<a><b>"), None);
        assert_eq!(message_id(""), None);
    }
}

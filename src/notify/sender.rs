//! Mail to the mail's own sender, who hands the password on. Never to a mailbox that gets the link.
//!
//! Promises and failures are those of [`Post`]; besides, a sender who got the link gets no password.

use super::post::{Letter, OpenOutlet, Post};
use super::receipt::{self, Wording};
use super::{Channel, Trouble, wording};
use crate::Pending;
use crate::mail::dkim::Signers;
use crate::mail::{Address, Lane};
use crate::texts::{House, Texts};
use crate::transfer::{Destination, Notice};
use std::sync::Arc;

/// Writes to senders.
pub struct SenderChannel {
    name: String,
    house: Arc<House>,
    texts: Arc<Texts>,
    post: Post,
}

impl SenderChannel {
    /// `open` gives the way out: the next hop that also takes the protected mails. `signers` sign, if one speaks for our From.
    pub fn new(
        name: &str,
        house: Arc<House>,
        texts: Arc<Texts>,
        signers: Signers,
        open: OpenOutlet,
    ) -> Self {
        SenderChannel {
            name: name.to_owned(),
            post: Post::new(house.clone(), signers, open),
            house,
            texts,
        }
    }

    async fn send_now(&self, notice: &Notice) -> Result<(), Trouble> {
        let recipient = recipient(notice)?;
        let (subject, text) = match &notice.receipt {
            Some(carried) => {
                let words = Wording {
                    texts: &self.texts,
                    house: &self.house,
                    language: self.texts.language(Some(&notice.language)),
                };
                let (subject, lines) =
                    receipt::mail(&words, carried, &notice.transfer, &notice.entries);
                (subject, lines.join("\r\n") + "\r\n")
            }
            None => wording::sender_mail(&self.texts, &self.house, notice),
        };
        let letter = Letter {
            id: format!("notice-{}", notice.id),
            to: recipient,
            subject,
            text,
            html: None,
            reply_to: None,
            lane: Lane::Ordinary,
            thread: notice.message_id.clone(),
            transfer: Some(notice.transfer.clone()),
        };
        self.post.send(letter).await
    }
}

/// The sender, unless the sender is also one of those who got the link: then link and password would lie in one mailbox.
fn recipient(notice: &Notice) -> Result<Address, Trouble> {
    let never = |why: &str| Trouble::Never(why.to_owned());
    let Destination::Sender(address) = &notice.destination else {
        return Err(never("this notice is not for the sender"));
    };
    let address: Address = address
        .parse()
        .map_err(|e| Trouble::Never(format!("{e}")))?;
    let is_sender = |entry: &crate::transfer::notice::NoticeEntry| {
        let other = entry.recipient.parse::<Address>();
        other.is_ok_and(|other| other.same_mailbox(&address))
    };
    if notice.entries.iter().any(is_sender) {
        return Err(never("the sender's mailbox has the link"));
    }
    Ok(address)
}

impl Channel for SenderChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        "sender"
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        Box::pin(self.send_now(notice))
    }

    fn reaches(&self, destination: &Destination) -> bool {
        matches!(destination, Destination::Sender(_))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{house, notice};
    use super::*;
    use crate::fault::Reply;
    use crate::forward::memory::Stage;
    use crate::forward::{Memory, Outlets};

    fn channel(memory: &Memory) -> SenderChannel {
        let memory = memory.clone();
        let texts = Arc::new(Texts::new(&["en".into()]));
        let open: OpenOutlet = Arc::new(move || memory.open());
        SenderChannel::new("sender", house(), texts, Signers::default(), open)
    }

    fn to_sender() -> Notice {
        notice(Destination::Sender("anna@example.org".into()))
    }

    #[tokio::test]
    async fn the_sender_gets_the_password_in_the_thread_of_the_mail() {
        let memory = Memory::new();
        channel(&memory).send(&to_sender()).await.unwrap();
        let taken = memory.taken();
        assert_eq!(taken[0].sender, None);
        assert_eq!(
            taken[0].recipients[0].address.to_string(),
            "anna@example.org"
        );
        let mail = String::from_utf8(taken[0].content.clone()).unwrap();
        for line in [
            "From: \"Example Region Files\" <files@example.org>\r\n",
            "To: <anna@example.org>\r\n",
            "Subject: Please hand on a password\r\n",
            "Message-ID: <notice-7K3M9XQF-0@gate.example.org>\r\n",
            "In-Reply-To: <1@example.org>\r\n",
            "References: <1@example.org>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "X-Auto-Response-Suppress: All\r\n",
            "bo@partner.example   K7PM-2WXD-9RQF",
        ] {
            assert!(mail.contains(line), "{line}{mail}");
        }
        assert!(mail.contains("Date: "), "{mail}");
    }

    #[tokio::test]
    async fn a_mail_nobody_answered_for_is_sent_again_under_the_same_name() {
        let ways: [fn(&Memory); 2] = [
            |memory| memory.lose(Stage::Content, "*"),
            |memory| memory.swallow("*"),
        ];
        for lost in ways {
            let memory = Memory::new();
            lost(&memory);
            let said = channel(&memory).send(&to_sender()).await;
            assert!(matches!(said, Err(Trouble::Later(_))), "{said:?}");
            memory.recover();
            channel(&memory).send(&to_sender()).await.unwrap();
            let mails = memory.taken();
            let last = mails.last().expect("it came");
            let name = b"Message-ID: <notice-7K3M9XQF-0@gate.example.org>\r\n";
            assert!(memchr::memmem::find(&last.content, name).is_some());
        }
    }

    #[tokio::test]
    async fn a_mail_in_any_language_is_fit_for_the_wire() {
        for (language, _) in crate::texts::LANGUAGES {
            let memory = Memory::new();
            let mut notice = to_sender();
            notice.language = language.into();
            notice.message_id = None;
            channel(&memory).send(&notice).await.unwrap();
            let content = &memory.taken()[0].content;
            assert!(content.is_ascii(), "{language}");
            let mut wire = Vec::new();
            let sent = crate::wire::dot::Stuffer::new().push(content, &mut wire);
            assert_eq!(sent, Ok(()), "{language}");
        }
    }

    #[tokio::test]
    async fn a_sender_who_got_the_link_gets_no_password() {
        let memory = Memory::new();
        let mut notice = to_sender();
        notice.entries[0].recipient = "Anna@EXAMPLE.org".into();
        let trouble = channel(&memory).send(&notice).await;
        assert!(matches!(trouble, Err(Trouble::Never(_))));
        assert!(memory.taken().is_empty());
    }

    #[tokio::test]
    async fn the_next_hops_answer_decides_about_another_try() {
        let memory = Memory::new();
        memory.answer(Stage::Recipient, "*", Reply::new(550, (5, 1, 1), "No"));
        let refused = channel(&memory).send(&to_sender()).await;
        assert!(matches!(refused, Err(Trouble::Never(_))));
        memory.recover();
        memory.answer(Stage::Content, "*", Reply::new(451, (4, 3, 0), "Busy"));
        let deferred = channel(&memory).send(&to_sender()).await;
        assert!(matches!(deferred, Err(Trouble::Later(_))));
        memory.recover();
        memory.lose(Stage::Mail, "*");
        let down = channel(&memory).send(&to_sender()).await;
        assert!(matches!(down, Err(Trouble::Later(_))));
    }
}

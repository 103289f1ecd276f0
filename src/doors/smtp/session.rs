//! One client's session: a method per verb, each gives back its reply. No bytes are read or written here.
//!
//! Promises: an order of commands that RFC 5321 does not know gets 503 and changes nothing; at the dot every recipient was accepted by
//! the next hop. After STARTTLS a new one is made: nothing crosses. `hello` has the beginning of a session and logins,
//! `envelope` what MAIL says, `bdat` the steps of content that comes in chunks.

mod bdat;
mod envelope;
mod hello;

use super::chunks::Chunks;
use super::login::SignIn;
use super::{Peer, Protocol, SmtpDoor, answer, listed, replies};
use crate::fault::{Fault, Reply};
use crate::forward::Outlet;
use crate::mail::{Address, Attention, Envelope, Intake, MailId, Recipient};
use crate::maillog;
use crate::wire::sasl;
use crate::wire::smtp::{self, Command, MailFrom, Malformed, RcptTo};
use crate::wire::xforward::Attribute;

/// What the session knows.
pub(super) struct Session<'d> {
    door: &'d SmtpDoor,
    peer: Peer,
    tls: bool,
    hello: Option<Hello>,
    sign_in: SignIn,
    xforward: Vec<Attribute>,
    outlet: Option<Box<dyn Outlet>>,
    mail: Option<Open>,
    /// The client's, to the mail it has given us last, until it goes on.
    attention: Option<Attention>,
    junk: u32,
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.may_be_gone();
    }
}

/// What the conversation does after the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// The next command.
    Go,
    /// The content of the mail.
    Content,
    /// The next words of a login.
    Response,
    /// TLS, and a new session.
    StartTls,
    /// Nothing: it hangs up.
    HangUp,
    /// The same, and says that it was one wrong login too many.
    GiveUp,
}

struct Hello {
    name: String,
    /// EHLO or LHLO: parameters and pipelining are allowed.
    extended: bool,
}

/// A mail between MAIL and its dot.
struct Open {
    id: MailId,
    envelope: Envelope,
    /// One for each positive reply to RCPT, doubles included: LMTP owes as many answers.
    accepted: Vec<Address>,
    body: Body,
}

/// What came of a mail's content.
enum Body {
    /// Nothing: recipients and DATA may come.
    Awaited,
    /// Chunks, and the last one is not among them: only chunks may come.
    Chunks(Box<Chunks>),
    /// A chunk that was refused. What else the client has sent meanwhile is in doubt (RFC 3030 section 2).
    Spoiled,
}

type Step = (Reply, Next);

impl<'d> Session<'d> {
    /// A session that knows nothing yet. `tls`: the connection is encrypted.
    pub(super) fn new(door: &'d SmtpDoor, peer: Peer, tls: bool) -> Self {
        Session {
            door,
            peer,
            tls,
            hello: None,
            sign_in: SignIn::default(),
            xforward: Vec::new(),
            outlet: None,
            mail: None,
            attention: None,
            junk: 0,
        }
    }

    /// The first words.
    pub(super) fn greeting(&self) -> Reply {
        let protocol = match self.door.protocol {
            Protocol::Smtp => "ESMTP",
            Protocol::Lmtp => "LMTP",
        };
        replies::bare(
            220,
            vec![format!(
                "{} {protocol} Cloakroom",
                self.door.line.hostname()
            )],
        )
    }

    /// True between MAIL and the answer after the dot.
    pub(super) fn in_mail(&self) -> bool {
        self.mail.is_some()
    }

    /// Where the content goes that DATA announced.
    pub(super) fn intake(&self) -> Option<Intake> {
        let open = self.mail.as_ref()?;
        Some(self.door.line.intake(&open.envelope))
    }

    /// True if the next command may be here already (RFC 2920 section 3.1).
    pub(super) fn may_be_followed(&self, command: &Command) -> bool {
        let last_of_group = matches!(
            command,
            Command::Ehlo(_)
                | Command::Helo(_)
                | Command::Lhlo(_)
                | Command::Data
                | Command::Auth(_)
                | Command::StartTls
        );
        !last_of_group && self.may_pipeline()
    }

    /// True if the client was offered PIPELINING.
    pub(super) fn may_pipeline(&self) -> bool {
        self.hello.as_ref().is_some_and(|hello| hello.extended)
    }

    /// The longest line that may come.
    pub(super) fn longest_line(&self) -> usize {
        match self.may_sign_in() {
            true => sasl::MAX_LINE,
            false => smtp::MAX_LINE,
        }
    }

    /// A mail begins whose answer its client will hear, or not.
    pub(super) fn attend(&mut self) -> Attention {
        self.goes_on();
        let attention = Attention::by(self.peer.connection.as_ref());
        self.attention.insert(attention).clone()
    }

    /// The answer to the last mail is on its way.
    pub(super) fn answered(&self) {
        if let Some(attention) = &self.attention {
            attention.answered();
        }
    }

    /// Whether the client has heard the last answer to a mail cannot be known any more.
    pub(super) fn may_be_gone(&mut self) {
        if let Some(attention) = self.attention.take() {
            attention.gone();
        }
    }

    fn goes_on(&mut self) {
        if let Some(attention) = self.attention.take() {
            attention.heard();
        }
    }

    /// A line that is no command.
    pub(super) fn junk(&mut self, why: Malformed) -> Step {
        self.goes_on();
        self.junk += 1;
        if why == Malformed::Chunk && !self.door.chunking {
            return (replies::no_chunks(), Next::HangUp);
        }
        let (reply, goes_on) = replies::malformed(why);
        match goes_on && self.junk < self.door.limits.junk {
            true => (reply, Next::Go),
            false => (reply, Next::HangUp),
        }
    }

    /// One command.
    pub(super) async fn command(&mut self, command: Command) -> Step {
        self.goes_on();
        let reply = match command {
            // Content follows, and whoever reads the bytes asks `expects_chunk`.
            Command::Bdat(_) => return (replies::broken(), Next::HangUp),
            Command::Auth(auth) => return self.auth(auth).await,
            Command::Data => return self.data(),
            Command::Ehlo(name) => self.hello(Protocol::Smtp, name, true).await,
            Command::Helo(name) => self.hello(Protocol::Smtp, name, false).await,
            Command::Help => Reply::new(214, (2, 0, 0), "RFC 5321 says it all"),
            Command::Lhlo(name) => self.hello(Protocol::Lmtp, name, true).await,
            Command::Mail(mail) => self.mail(mail).await,
            Command::Noop => replies::fine(),
            Command::Quit => return self.quit(),
            Command::Rcpt(rcpt) => self.rcpt(rcpt).await,
            Command::Rset => self.rset().await,
            Command::StartTls => return self.start_tls(),
            Command::Vrfy => Reply::new(252, (2, 0, 0), "Send some mail, I will try my best"),
            Command::Xforward(attributes) => self.xforward(attributes),
        };
        (reply, Next::Go)
    }

    fn quit(&mut self) -> Step {
        (Reply::new(221, (2, 0, 0), "Goodbye"), Next::HangUp)
    }

    async fn rset(&mut self) -> Reply {
        self.xforward.clear();
        if self.mail.take().is_some() {
            self.release_outlet().await;
        }
        replies::fine()
    }

    async fn release_outlet(&mut self) {
        if let Some(outlet) = &mut self.outlet {
            outlet.reset().await;
        }
    }

    fn xforward(&mut self, attributes: Vec<Attribute>) -> Reply {
        if !listed(&self.door.xforward_from, self.peer.address) {
            return Reply::new(550, (5, 7, 1), "XFORWARD is not for you");
        }
        if self.in_mail() {
            return replies::order("Not inside a mail");
        }
        for attribute in attributes {
            self.xforward.retain(|known| known.name != attribute.name);
            self.xforward.push(attribute);
        }
        replies::fine()
    }

    async fn mail(&mut self, mail: MailFrom) -> Reply {
        let size = mail.size.unwrap_or(0);
        let envelope = match self.envelope(mail) {
            Ok(envelope) => envelope,
            Err(reply) => return reply,
        };
        let id = MailId::fresh();
        if let Err(fault) = self.door.line.room_for(size) {
            maillog::failed(id, &fault);
            return answer::of_fault(id, &fault);
        }
        let outlet = self.outlet.get_or_insert_with(|| self.door.line.outlet());
        if let Err(fault) = outlet.begin(&envelope).await {
            maillog::failed(id, &fault);
            return answer::of_fault(id, &fault);
        }
        self.mail = Some(Open {
            id,
            envelope,
            accepted: Vec::new(),
            body: Body::Awaited,
        });
        Reply::new(250, (2, 1, 0), "Sender OK")
    }

    async fn rcpt(&mut self, rcpt: RcptTo) -> Reply {
        let (Some(open), Some(outlet), Some(hello)) =
            (&mut self.mail, &mut self.outlet, &self.hello)
        else {
            return replies::order("MAIL first");
        };
        if !matches!(open.body, Body::Awaited) {
            return replies::order("Not between chunks");
        }
        if rcpt.extended && !hello.extended {
            return replies::malformed(Malformed::UnknownParameter).0;
        }
        if open.accepted.len() >= self.door.limits.recipients {
            return Reply::new(
                452,
                (4, 5, 3),
                "Too many recipients; send the rest separately",
            );
        }
        let recipient = match recipient(rcpt, open.envelope.options.utf8) {
            Ok(recipient) => recipient,
            Err(reply) => return reply,
        };
        if open.accepted.contains(&recipient.address) {
            open.accepted.push(recipient.address);
            return Reply::new(250, (2, 1, 5), "Recipient OK, already there");
        }
        match outlet.vet(&recipient).await.map(replies::passed_on) {
            Ok(reply) if reply.is_positive() => {
                open.accepted.push(recipient.address.clone());
                open.envelope.recipients.push(recipient);
                reply
            }
            Ok(reply) => reply,
            Err(fault) => {
                maillog::failed(open.id, &fault);
                answer::of_fault(open.id, &fault)
            }
        }
    }

    fn data(&mut self) -> Step {
        let reply = match &self.mail {
            None => replies::order("MAIL first"),
            Some(open) if !matches!(open.body, Body::Awaited) => {
                replies::order("Not between chunks")
            }
            Some(open) if open.accepted.is_empty() => replies::order("No recipient was accepted"),
            Some(_) => {
                let text = "End with a dot on a line of its own".to_owned();
                return (replies::bare(354, vec![text]), Next::Content);
            }
        };
        (reply, Next::Go)
    }

    /// The content is here, or why it cannot be taken. Gives back the answers: one, or in LMTP one per accepted recipient.
    pub(super) async fn dot(&mut self, content: Result<Intake, Fault>) -> Vec<Reply> {
        self.xforward.clear();
        let (Some(open), Some(outlet)) = (self.mail.take(), self.outlet.as_mut()) else {
            return vec![replies::broken()];
        };
        let received = content.and_then(|intake| {
            super::content::on_disk(intake.len(), || intake.finish(open.id, open.envelope))
                .map_err(super::content::of_disk)
        });
        let result = match received {
            Ok(mut received) => {
                received.attention = self.attention.clone();
                self.door.line.send(received, &mut **outlet).await
            }
            Err(fault) => {
                maillog::failed(open.id, &fault);
                Err(fault)
            }
        };
        match &result {
            Ok(_) => self.junk = 0,
            Err(_) => self.release_outlet().await,
        }
        match self.door.protocol {
            Protocol::Smtp => vec![answer::for_mail(open.id, &open.accepted, &result)],
            Protocol::Lmtp => {
                let each = open.accepted.iter();
                each.map(|r| answer::for_recipient(open.id, r, &result))
                    .collect()
            }
        }
    }
}

pub(in crate::doors) fn recipient(rcpt: RcptTo, utf8: bool) -> Result<Recipient, Reply> {
    if rcpt.orcpt.as_ref().is_some_and(|o| !o.is_ascii()) && !utf8 {
        return Err(replies::malformed(Malformed::Parameter("ORCPT")).0);
    }
    Ok(Recipient {
        address: address(&rcpt.path, utf8, 3)?,
        notify: rcpt.notify,
        orcpt: rcpt.orcpt,
    })
}

/// `detail`: 3 for recipients, 7 for senders. Only a recipient may be `postmaster` without a domain (RFC 5321 section 4.5.1).
pub(in crate::doors) fn address(path: &str, utf8: bool, detail: u16) -> Result<Address, Reply> {
    if !path.is_ascii() && !utf8 {
        return Err(Reply::new(553, (5, 6, 7), "This address needs SMTPUTF8"));
    }
    let address: Address = path.parse().map_err(|why| replies::unfit(why, detail))?;
    match address.domain().is_empty() && detail == 7 {
        true => Err(replies::unfit(
            crate::mail::address::Unfit::Incomplete,
            detail,
        )),
        false => Ok(address),
    }
}

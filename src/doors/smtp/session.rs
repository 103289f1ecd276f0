//! One client's session: a method per verb, each gives back its reply. No bytes are read or written here.
//!
//! Promises: an order of commands that RFC 5321 does not know gets 503 and changes nothing; at the dot every recipient was accepted by
//! the next hop. After STARTTLS a new one is made: nothing crosses. `bdat` has the steps of content that comes in chunks.

mod bdat;

use super::chunks::Chunks;
use super::login::SignIn;
use super::{Peer, Protocol, SmtpDoor, answer, listed, replies};
use crate::fault::{Fault, Kind, Reply};
use crate::forward::Outlet;
use crate::mail::envelope::MailOptions;
use crate::mail::{Address, Attention, Envelope, Intake, MailId, Recipient, envelope};
use crate::maillog;
use crate::wire::sasl;
use crate::wire::smtp::{self, Auth, Command, MailFrom, Malformed, RcptTo};
use crate::wire::xforward::{self, Attribute};

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

    async fn hello(&mut self, protocol: Protocol, name: String, extended: bool) -> Reply {
        if protocol != self.door.protocol {
            let text = match self.door.protocol {
                Protocol::Smtp => "Say EHLO here",
                Protocol::Lmtp => "Say LHLO here",
            };
            return Reply::new(500, (5, 5, 1), text);
        }
        self.rset().await;
        let mut lines = vec![format!("{} greets {name}", self.door.line.hostname())];
        if extended {
            if self.may_sign_in() {
                let outlet = self.outlet.get_or_insert_with(|| self.door.line.outlet());
                self.sign_in.ask(&mut **outlet).await;
            }
            lines.extend(self.extensions());
        }
        self.hello = Some(Hello { name, extended });
        replies::bare(250, lines)
    }

    fn extensions(&self) -> Vec<String> {
        let mut lines = vec![
            "PIPELINING".to_owned(),
            format!("SIZE {}", self.door.line.max_message()),
            "8BITMIME".to_owned(),
            "SMTPUTF8".to_owned(),
            "ENHANCEDSTATUSCODES".to_owned(),
            "DSN".to_owned(),
        ];
        if self.door.chunking {
            lines.push("CHUNKING".to_owned());
        }
        if self.tls {
            lines.push("REQUIRETLS".to_owned());
        }
        if self.offers_tls() {
            lines.push("STARTTLS".to_owned());
        }
        lines.extend(self.sign_in.offer());
        if listed(&self.door.xforward_from, self.peer.address) {
            lines.push(format!("XFORWARD {}", xforward::NAMES.join(" ")));
        }
        lines
    }

    fn offers_tls(&self) -> bool {
        self.door.tls.is_some() && !self.tls
    }

    fn start_tls(&mut self) -> Step {
        let reply = match self.hello {
            _ if !self.offers_tls() => replies::order("STARTTLS is not offered"),
            None => replies::order("Say EHLO first"),
            Some(_) if self.in_mail() => replies::order("Not inside a mail"),
            Some(_) => return (Reply::new(220, (2, 0, 0), "Go ahead"), Next::StartTls),
        };
        (reply, Next::Go)
    }

    /// In the clear anybody on the way would read the password.
    fn may_sign_in(&self) -> bool {
        self.door.logins && self.tls && self.door.protocol == Protocol::Smtp
    }

    async fn auth(&mut self, auth: Auth) -> Step {
        if !self.door.logins || self.door.protocol == Protocol::Lmtp {
            return self.junk(Malformed::NotOffered);
        }
        if !self.tls {
            let reply = Reply::new(538, (5, 7, 11), "Not without TLS: say STARTTLS first");
            return (reply, Next::Go);
        }
        if self.in_mail() {
            return (replies::order("Not inside a mail"), Next::Go);
        }
        let extended = self.hello.as_ref().is_some_and(|hello| hello.extended);
        match &mut self.outlet {
            Some(outlet) if extended => {
                let (outlet, limits) = (&mut **outlet, &self.door.limits);
                self.sign_in
                    .auth(auth, outlet, limits, self.peer.address)
                    .await
            }
            _ => (replies::order("Say EHLO first"), Next::Go),
        }
    }

    /// What the client says when it was asked in a login.
    pub(super) async fn response(&mut self, line: Result<&[u8], Malformed>) -> Step {
        match (line, &mut self.outlet) {
            (Ok(line), Some(outlet)) => {
                let (outlet, limits) = (&mut **outlet, &self.door.limits);
                self.sign_in
                    .response(line, outlet, limits, self.peer.address)
                    .await
            }
            (Err(Malformed::EndlessLine), _) => (replies::long_response(), Next::HangUp),
            (Err(why), _) => self.junk(why),
            (Ok(_), None) => (replies::broken(), Next::HangUp),
        }
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

    /// Checks MAIL, without asking anybody.
    fn envelope(&self, mail: MailFrom) -> Result<Envelope, Reply> {
        let hello = self
            .hello
            .as_ref()
            .ok_or_else(|| match self.door.protocol {
                Protocol::Smtp => replies::order("Say EHLO first"),
                Protocol::Lmtp => replies::order("Say LHLO first"),
            })?;
        if self.in_mail() {
            return Err(replies::order("One mail at a time"));
        }
        if self.sign_in.user().is_none() && self.door.wants_login(self.peer.address) {
            return Err(Reply::new(530, (5, 7, 0), "Sign in first"));
        }
        if (mail.extended && !hello.extended) || (mail.auth && !self.may_sign_in()) {
            return Err(replies::malformed(Malformed::UnknownParameter).0);
        }
        // What is said in the clear cannot ask for TLS (RFC 8689 section 4.1).
        if mail.require_tls && !self.tls {
            return Err(replies::malformed(Malformed::UnknownParameter).0);
        }
        if mail
            .size
            .is_some_and(|size| size > self.door.line.max_message())
        {
            return Err(Reply::from(&Kind::TooBig));
        }
        let sender = match mail.path.as_str() {
            "" => None,
            path => Some(address(path, mail.utf8, 7)?),
        };
        Ok(Envelope {
            sender,
            recipients: Vec::new(),
            client: self.client(hello, mail.utf8),
            options: MailOptions {
                eight_bit: mail.eight_bit,
                utf8: mail.utf8,
                ret: mail.ret,
                envid: mail.envid,
                size: mail.size,
                require_tls: mail.require_tls,
            },
        })
    }

    fn client(&self, hello: &Hello, utf8: bool) -> envelope::Client {
        let told = |name| {
            self.xforward
                .iter()
                .find(|a| a.name == name)
                .map(|a| a.value.as_deref())
        };
        envelope::Client {
            // Told "unavailable", it has none: the peer's own would let policy believe that the peer wrote the mail.
            address: match told("ADDR") {
                Some(value) => value.and_then(xforward::address),
                None => Some(self.peer.address),
            },
            name: told("NAME").flatten().map(str::to_owned),
            helo: told("HELO").flatten().unwrap_or(&hello.name).to_owned(),
            login: self.sign_in.user().map(str::to_owned),
            protocol: self.spoken(hello, utf8),
            xforward: self
                .xforward
                .iter()
                .map(|a| (a.name.to_owned(), a.written.clone()))
                .collect(),
        }
    }

    /// RFC 3848 and RFC 6531 section 4.3.
    fn spoken(&self, hello: &Hello, utf8: bool) -> &'static str {
        if self.sign_in.user().is_some() {
            // There is no login without EHLO and TLS.
            return if utf8 { "UTF8SMTPSA" } else { "ESMTPSA" };
        }
        match (self.door.protocol, hello.extended, utf8, self.tls) {
            (Protocol::Lmtp, _, false, false) => "LMTP",
            (Protocol::Lmtp, _, false, true) => "LMTPS",
            (Protocol::Lmtp, _, true, false) => "UTF8LMTP",
            (Protocol::Lmtp, _, true, true) => "UTF8LMTPS",
            (Protocol::Smtp, false, _, _) => "SMTP",
            (Protocol::Smtp, true, false, false) => "ESMTP",
            (Protocol::Smtp, true, false, true) => "ESMTPS",
            (Protocol::Smtp, true, true, false) => "UTF8SMTP",
            (Protocol::Smtp, true, true, true) => "UTF8SMTPS",
        }
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

fn recipient(rcpt: RcptTo, utf8: bool) -> Result<Recipient, Reply> {
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
fn address(path: &str, utf8: bool, detail: u16) -> Result<Address, Reply> {
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

//! Renewing: a new link, and a new password where one is needed, for who has lost one of them. Only where the ticket has a spare key.
//!
//! Promises: the old link, its password and the browsers that were known end at the moment the new link is on disk; the new password
//! leaves after the mail with the new link was taken, by the way of the first one (P6), or is given once to whoever asked, and then it is
//! nowhere but in his answer; never to a sender who gets the link too. What is sent waits sealed in the outbox and nowhere else.
//! Leaves to others: who may ask (the doors), what is durable (`store::renew`), the words (`notify::memo`).

use super::{Steering, is_over, now};
use crate::fault::{Fault, Kind};
use crate::mail::Address;
use crate::maillog;
use crate::rewrite;
use crate::seal;
use crate::seal::recovery::{self, Place};
use crate::seal::wrap::{Lock, Secret, Stretched, wrap};
use crate::store::{Answered, Renewed};
use crate::texts::{House, Texts};
use crate::transfer::keys::{DayKey, TransferKey};
use crate::transfer::memo::{About, Memo, RENEWED};
use crate::transfer::notice::Route;
use crate::transfer::notice::{Learn, NoticeEntry};
use crate::transfer::password_rules::Made;
use crate::transfer::proof::{HeldLink, HeldTransfer, PasswordLine, ShownFile};
use crate::transfer::record::State;
use crate::transfer::renewal::{How, Kept, Renewal};
use crate::transfer::steering::Did;
use crate::transfer::{
    Actor, Catalogue, Destination, Event, Happened, LinkSecret, Notice, Password, Record, Ticket,
    TransferId, Tries,
};

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// One of those who share the link; `None`: there is only one link.
    pub whom: Option<Address>,
    /// How the password travels.
    pub how: How,
    /// How often it was renewed when this was asked for, if that is known: a form that is sent twice does it once.
    pub seen: Option<usize>,
}

/// The new passwords, if they are to be shown: one for each of those who share the link.
pub type Shown = Vec<NoticeEntry>;

/// Everything that is known while one is made.
struct Making<'a> {
    id: &'a TransferId,
    record: &'a Record,
    number: u32,
    ticket: &'a Ticket,
    key: TransferKey,
    kept: Kept,
    catalogue: Catalogue,
    day_key: DayKey,
    /// What is agreed with all of those who share the link, if that is the way of their password.
    agreed: Option<Password>,
    how: How,
    now: i64,
}

impl Wanted {
    /// The password as before, whatever was done meanwhile.
    pub fn of(whom: Option<Address>) -> Self {
        Wanted {
            whom,
            how: How::SameWay,
            seen: None,
        }
    }
}

/// True if a password of this ticket may be shown to the mail's sender: not if he gets the link too.
pub fn may_show(record: &Record, ticket: &Ticket) -> bool {
    let sender: Option<Address> = record.sender.parse().ok();
    let is_sender = |name: &String| {
        let recipient: Option<Address> = name.parse().ok();
        recipient.is_none_or(|r| sender.as_ref().is_some_and(|s| s.same_mailbox(&r)))
    };
    ticket.may_have_password() && !ticket.recipients.iter().any(is_sender)
}

impl Steering {
    /// Does it. Durable when this returns; the passwords are given once.
    pub fn renew(
        &self,
        id: &TransferId,
        wanted: &Wanted,
        by: Actor,
    ) -> Result<(Did, Shown), Fault> {
        self.renew_along(id, wanted, by, |_| Answered::default())
    }

    /// The same; what `along` gives becomes durable with it, whether something was done or not.
    pub(super) fn renew_along(
        &self,
        id: &TransferId,
        wanted: &Wanted,
        by: Actor,
        along: impl FnOnce(Did) -> Answered,
    ) -> Result<(Did, Shown), Fault> {
        let (now, mut shown) = (now(), Shown::new());
        let make = |record: &Record, tickets: &[Ticket]| {
            let (number, ticket) = match chosen(record, tickets, wanted, now) {
                Ok(found) => found,
                Err(did) => return Ok(Err(did)),
            };
            match self.making(id, record, (number, ticket), wanted.how, now)? {
                Ok(making) => Ok(Ok(self.made(&making, by, &mut shown))),
                Err(did) => Ok(Err(did)),
            }
        };
        let did = self.store.renew(id, now, make, along)?;
        if did.is_change() {
            maillog::renewed(id, wanted.whom.as_ref(), wanted.how, by);
            self.wake();
        } else {
            // What was made counts for nothing.
            shown.clear();
        }
        Ok((did, shown))
    }

    /// What is needed; `Err` if it cannot be had.
    fn making<'a>(
        &self,
        id: &'a TransferId,
        record: &'a Record,
        (number, ticket): (u32, &'a Ticket),
        how: How,
        now: i64,
    ) -> Result<Result<Making<'a>, Did>, Fault> {
        let Some(day_key) = self.store.known_day_key(ticket.day)? else {
            return Ok(Err(Did::Over));
        };
        let place = Place {
            transfer: id,
            ticket: number,
            day: ticket.day,
            day_key: &day_key,
            master: self.store.master(),
        };
        let spare = ticket.spare.as_ref();
        let opened = spare.and_then(|spare| recovery::open(&place, &spare.sealed));
        let broken = || Fault::because(Kind::StoreDown, "a spare key does not open");
        let (key, mut kept) = opened.ok_or_else(broken)?;
        let mut agreed = None;
        if ticket.password && how == How::SameWay {
            agreed = self.still_agreed(ticket, &kept)?;
            kept = if agreed.is_some() { kept } else { sent(kept) };
        }
        let pathless = kept.ways.iter().any(|way| way.channel.is_empty());
        if ticket.may_have_password() && how == How::SameWay && pathless {
            return Ok(Err(Did::NoWay));
        }
        Ok(Ok(Making {
            id,
            record,
            number,
            ticket,
            catalogue: seal::open::catalogue(record, &key)?,
            key,
            kept,
            day_key,
            agreed,
            how,
            now,
        }))
    }

    /// What is agreed now, where an agreed password was the way: the same with all who share the link, and as the rules want it.
    fn still_agreed(&self, ticket: &Ticket, kept: &Kept) -> Result<Option<Password>, Fault> {
        if !kept.ways.iter().all(is_agreed) {
            return Ok(None);
        }
        let mut common: Option<Password> = None;
        for recipient in &ticket.recipients {
            let address: Address = recipient.parse().map_err(unknown)?;
            let found = self.store.agreed_with(&address)?;
            let found = found.map(|agreed| agreed.password);
            let fit = |p: &Password| kept.rules.broken(p).is_empty();
            let Some(password) = found.filter(fit) else {
                return Ok(None);
            };
            if common.get_or_insert_with(|| password.clone()) != &password {
                return Ok(None);
            }
        }
        Ok(common)
    }

    fn made(&self, making: &Making<'_>, by: Actor, shown: &mut Shown) -> Renewed {
        let (link, old) = (LinkSecret::fresh(), making.ticket);
        let chosen = making.agreed.as_ref().map(Made::chosen);
        let made = chosen.or_else(|| old.may_have_password().then(|| making.kept.rules.make()));
        let secret = made.as_ref().map(|made| Secret {
            password: &made.password,
            exact: made.exact,
            weak: made.weak,
        });
        let master = self.store.master();
        let lock = Lock {
            transfer: making.id,
            link: &link,
            day: old.day,
            day_key: &making.day_key,
            master,
        };
        let password = made.as_ref().map(|made| &made.password);
        let wrapped = wrap(&lock, &Stretched::new(master, secret.as_ref()), &making.key);
        let mut ticket = Ticket {
            link: link.id(master),
            wrap: Some(wrapped),
            password_line: making.line(),
            password: old.may_have_password(),
            // It was for the old link; who lost a device must not need it.
            quick: None,
            ..old.clone()
        };
        ticket.set_tries(Tries::default());
        if let Some(spare) = &mut ticket.spare {
            spare.renewed.push(making.now);
        }
        let mut events = vec![Event::at(making.now, Happened::LinkSent(by))];
        events.extend(
            password
                .filter(|_| making.agreed.is_none())
                .map(|_| Event::at(making.now, making.told_of(by))),
        );
        if making.is_shown() {
            shown.extend(password.iter().flat_map(|p| making.entries(p)));
        }
        Renewed {
            number: making.number,
            memos: making.memos(&link, password),
            ticket,
            events,
        }
    }
}

fn is_agreed(way: &Route) -> bool {
    way.line == PasswordLine::Agreed
}

/// The ways of a password that is made: nothing is agreed any more.
fn sent(kept: Kept) -> Kept {
    let way = |way: Route| match is_agreed(&way) {
        true => way
            .next()
            .unwrap_or_else(|| Route::none(PasswordLine::Sender)),
        false => way,
    };
    Kept {
        ways: kept.ways.into_iter().map(way).collect(),
        ..kept
    }
}

fn unknown(error: crate::mail::address::Unfit) -> Fault {
    Fault::because(Kind::StoreDown, error)
}

/// The ticket that is meant, if it may be renewed.
fn chosen<'a>(
    record: &Record,
    tickets: &'a [Ticket],
    wanted: &Wanted,
    now: i64,
) -> Result<(u32, &'a Ticket), Did> {
    let is_theirs = |ticket: &Ticket| {
        let mut names = ticket.recipients.iter();
        let is = |whom: &Address, name: &String| {
            name.parse()
                .is_ok_and(|name: Address| name.same_mailbox(whom))
        };
        let whom = wanted.whom.as_ref();
        whom.is_none_or(|whom| names.any(|name| is(whom, name)))
    };
    if is_over(record, now) {
        return Err(Did::Over);
    }
    let is_live = |ticket: &Ticket| ticket.wrap.is_some() && ticket.spare.is_some();
    let mut all: Vec<(u32, &Ticket)> = (0u32..)
        .zip(tickets)
        .filter(|(_, t)| is_theirs(t))
        .collect();
    if wanted.whom.is_none() && all.iter().any(|(_, ticket)| is_live(ticket)) {
        all.retain(|(_, ticket)| is_live(ticket));
    }
    let (number, ticket) = *all.first().ok_or(Did::NoSuchRecipient)?;
    let spare = ticket.spare.as_ref().filter(|_| ticket.wrap.is_some());
    match spare {
        _ if all.len() > 1 && spare.is_some() => Err(Did::WhichOne),
        _ if ticket.expires <= now => Err(Did::Over),
        None => Err(Did::Lost),
        Some(_) if record.state == State::Held => Err(Did::NotLeft),
        Some(spare) if wanted.seen.is_some_and(|n| n != spare.generation()) => Err(Did::Before),
        Some(spare) if !spare.may(now) => Err(Did::TooOften),
        Some(_) if wanted.how == How::Shown && !may_show(record, ticket) => Err(Did::NoWay),
        Some(_) => Ok((number, ticket)),
    }
}

impl Making<'_> {
    fn told_of(&self, by: Actor) -> Happened {
        match self.is_shown() {
            true => Happened::PasswordShown(by),
            false => Happened::PasswordSent(by),
        }
    }

    fn is_shown(&self) -> bool {
        self.how == How::Shown && self.ticket.may_have_password()
    }

    /// What block and page say about the password from now on.
    fn line(&self) -> PasswordLine {
        let spare = self.ticket.spare.as_ref().map(|spare| &spare.line);
        match spare {
            _ if self.is_shown() => PasswordLine::Sender,
            // What is said of one is true for all who share the link: `seal` has seen to it.
            Some(PasswordLine::Agreed) if self.agreed.is_none() => {
                let way = self.kept.ways.first();
                way.map_or(PasswordLine::Sender, |way| way.line.clone())
            }
            line => line.cloned().unwrap_or(PasswordLine::None),
        }
    }

    fn entries(&self, password: &Password) -> Vec<NoticeEntry> {
        let entry = |recipient: &String| NoticeEntry {
            recipient: recipient.clone(),
            password: password.clone(),
        };
        self.ticket.recipients.iter().map(entry).collect()
    }

    /// One mail for each of those who share the link, with the password that follows it, which goes to one place once.
    fn memos(&self, link: &LinkSecret, password: Option<&Password>) -> Vec<Memo> {
        let travels = password.filter(|_| !self.is_shown() && self.agreed.is_none());
        let entries = travels
            .map(|password| self.entries(password))
            .unwrap_or_default();
        let memo = |(place, recipient): (usize, &String)| {
            let way = self.kept.ways.get(place).filter(|_| !entries.is_empty());
            let notice = way.map(|way| Box::new(self.notice(place, way, &entries)));
            self.memo(place, recipient, link, notice)
        };
        self.ticket
            .recipients
            .iter()
            .enumerate()
            .map(memo)
            .collect()
    }

    fn memo(
        &self,
        place: usize,
        recipient: &str,
        link: &LinkSecret,
        notice: Option<Box<Notice>>,
    ) -> Memo {
        let entries = self.ticket.entries.iter();
        let entries = entries.filter_map(|n| self.catalogue.entries.get(*n as usize));
        let files = entries.filter(|entry| entry.kind.is_file());
        let about = About::Renewed(Box::new(Renewal {
            sender: self.record.sender.clone(),
            sender_name: self.record.sender_name.clone(),
            link: link.clone(),
            expires: self.ticket.expires,
            password: self.line(),
            sizes: files.map(|entry| entry.size).collect(),
            message: self.ticket.message,
            lane: self.kept.lane,
            notice,
        }));
        Memo {
            id: format!("{}-{RENEWED}-{}", self.record.id, self.name(place)),
            mail: self.record.mail.clone(),
            to: recipient.to_owned(),
            language: Some(self.ticket.language.clone()),
            thread: self.catalogue.message_id.clone(),
            transfer: Some(self.record.id.clone()),
            page: None,
            until: self.ticket.expires,
            received: self.record.created,
            about,
        }
    }

    /// Tells the renewals of a transfer, and those who share one, apart.
    fn name(&self, place: usize) -> String {
        let generation = self.ticket.spare.as_ref().map_or(0, |s| s.generation() + 1);
        format!("{}.{generation}.{place}", self.number)
    }

    /// For all whose passwords go to the same place, and the same in the memos of each: whichever mail is taken first, it leaves once.
    fn notice(&self, place: usize, way: &Route, entries: &[NoticeEntry]) -> Notice {
        let together = (0..).zip(&self.kept.ways).zip(entries);
        let together = together.filter(|((_, other), _)| {
            (&other.channel, &other.destination, &other.then)
                == (&way.channel, &way.destination, &way.then)
        });
        let (places, entries): (Vec<usize>, Vec<NoticeEntry>) =
            together.map(|((at, _), entry)| (at, entry.clone())).unzip();
        let first = places.first().copied().unwrap_or(place);
        let told = self.record.told.as_ref().map(|told| told.language.clone());
        let to_sender = matches!(way.destination, Destination::Sender(_));
        let language = told.filter(|_| to_sender);
        Notice {
            id: format!("{}-n{}", self.record.id, self.name(first)),
            transfer: self.record.id.clone(),
            mail: self.record.mail.clone(),
            channel: way.channel.clone(),
            destination: way.destination.clone(),
            sender: self.record.sender.clone(),
            sender_name: self.record.sender_name.clone(),
            message_id: self.catalogue.message_id.clone(),
            language: language.unwrap_or_else(|| self.ticket.language.clone()),
            entries,
            expires: self.ticket.expires,
            created: self.record.created,
            receipt: None,
            then: way.then.clone(),
            // The way is as old as its mail: it teaches nothing.
            number: Learn::Nothing,
        }
    }
}

/// Text and HTML of the mail that brings a new link: the block of every mail of ours, below a sentence that says what has become of the
/// old one.
pub(in crate::gateway) fn faces(
    texts: &Texts,
    house: &House,
    memo: &Memo,
    renewal: &Renewal,
) -> Result<(String, Option<String>), Fault> {
    let unknown = |e| Fault::because(Kind::Internal, e);
    let id = memo.transfer.as_deref().unwrap_or_default();
    let id: TransferId = id.parse().map_err(unknown)?;
    let nameless = |size: &u64| ShownFile {
        name: String::new(),
        size: *size,
    };
    let held = HeldTransfer {
        id,
        links: vec![HeldLink {
            recipients: Vec::new(),
            secret: renewal.link.clone(),
            expires: renewal.expires,
            password: renewal.password.clone(),
            files: renewal.sizes.iter().map(nameless).collect(),
            renewable: true,
        }],
        sheet: None,
    };
    let sender = (renewal.sender_name.as_deref(), renewal.sender.as_str());
    let language = memo.language.as_deref();
    let (text, html) = rewrite::new_link((house, texts), language, sender, &held, renewal.message);
    Ok((text, Some(html)))
}

//! QUICK: who needs no password because a device of theirs is known for a sender (features 5.1).
//!
//! offer (a transfer is sealed to the pair's key beside its password) → accept (whoever opened it with that password proves the mailbox by a
//! code; the browser becomes a device) → from then on transfers of this sender are sealed to the pair alone: no password is made, none sent.
//! Promises: a link alone opens nothing, whoever reads the mailbox; a device's token alone neither; nobody is locked out for good, as a pair
//! without a trusted device gets passwords again, and sender, recipient and operator can each end it. A browser has its token before
//! anything is made of it, and who asks twice gets the same. Every change is durable before it is told, and the recipient hears of each
//! new device by mail. What was sealed to devices opens in them also where no more is.
//! Leaves to others: keys (`seal::quick`), what is kept (`store::circles`), counting tries and mailing codes ([`super::collect`]), pages.
//! Fails with `Fault`: the store does not answer.

mod accepting;
mod codes;
mod ending;
mod letters;
mod opening;
mod sealing;

pub use accepting::Connected;
pub use codes::Entered;

use crate::fault::Fault;
use crate::mail::Address;
use crate::seal::quick::Secret;
use crate::store::Store;
use crate::transfer::keys::MasterKey;
use crate::transfer::quick::{Badge, Circle, CircleId, Device, DeviceName, PairKey};
use crate::transfer::quick::{Passkey, PublicKey, Rules};
use crate::transfer::{Record, Ticket};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// The pairs of a store.
#[derive(Clone)]
pub struct Quick {
    store: Arc<Store>,
    rules: Rules,
}

/// What a browser brings along.
#[derive(Debug, Clone, Default)]
pub struct Holder {
    /// What it has for the mailbox that this is about.
    pub badge: Option<Badge>,
    /// What it calls itself.
    pub browser: String,
    /// Where from, for the log.
    pub address: Option<IpAddr>,
    /// The badge is a passkey's, of this name.
    pub passkey: Option<Vec<u8>>,
    /// What it has open was opened with the passkey of this device.
    pub device: Option<DeviceName>,
}

/// How a recipient's devices stand, for his page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// This browser can become a device now, as it was let in by a password.
    pub offered: bool,
    /// It is one, and needs none for this sender.
    pub here: bool,
    /// It is one of the recipient's, and nobody has ended its part with this sender: no code by mail is needed.
    pub proven: bool,
    /// There are as many devices as there may be, and this is none of them.
    pub full: bool,
    /// It is here by a passkey: what only a token does needs that again.
    pub by_passkey: bool,
    /// The names of the passkeys among all devices.
    pub passkeys: Vec<Vec<u8>>,
    /// The number of this one.
    pub number: Option<u32>,
    /// All of them.
    pub devices: Vec<Device>,
}

/// A sender and a recipient, and where it is about them.
struct Couple {
    id: CircleId,
    sender: Address,
    recipient: Address,
}

/// A device and what is sealed to it.
type Key = (DeviceName, PublicKey);

impl Quick {
    /// Over this store.
    pub fn new(store: Arc<Store>, rules: Rules) -> Self {
        Quick { store, rules }
    }

    /// A device that opened nothing for so many days is asked for a password again.
    pub fn idle_days(&self) -> i64 {
        self.rules.idle / 86_400
    }

    /// True if it is offered.
    pub fn is_on(&self) -> bool {
        self.rules.enabled
    }

    /// Of the badges that a browser shows the one for the recipient of this ticket.
    pub fn badge_for(&self, ticket: &Ticket, all: &[Badge]) -> Option<Badge> {
        let mark = self.mark(ticket)?;
        all.iter().find(|badge| badge.mark == mark).cloned()
    }

    /// What a passkey is for the recipient of this ticket. Who has it has it before anything is made of it.
    pub fn badge_of(&self, ticket: &Ticket, passkey: &Passkey) -> Option<Badge> {
        Some(Badge {
            mark: self.mark(ticket)?,
            token: passkey.token.clone(),
            fresh: true,
            before: None,
        })
    }

    /// What browsers call the mailbox of this ticket; `None`: it is not one alone.
    pub fn mark(&self, ticket: &Ticket) -> Option<String> {
        Some(self.circle_of(ticket)?.mark(self.master()))
    }

    /// Which device a badge is of, or would be.
    pub fn name_of(&self, ticket: &Ticket, badge: &Badge) -> Option<DeviceName> {
        Some(self.circle_of(ticket)?.device(&badge.token, self.master()))
    }

    /// A badge for a browser that is to be set up for this ticket and has none that would do; `None`: it has, or there is nothing to set up.
    pub fn new_badge(
        &self,
        ticket: &Ticket,
        holder: &Holder,
        now: i64,
    ) -> Result<Option<Badge>, Fault> {
        let Some(id) = self.circle_of(ticket).filter(|_| ticket.quick.is_some()) else {
            return Ok(None);
        };
        let circle = self.store.circle(&id)?;
        let has = self.name_in(&circle, &id, holder, now).is_some();
        let badge = || Badge::fresh(id.mark(self.master()), holder.badge.as_ref());
        Ok((!has).then(badge))
    }

    /// How the devices stand for whoever has opened this ticket.
    pub fn standing(
        &self,
        (record, ticket): (&Record, &Ticket),
        holder: &Holder,
        now: i64,
    ) -> Result<Standing, Fault> {
        let (Some(couple), Some(sealed)) = (self.couple(record, ticket), &ticket.quick) else {
            return Ok(Standing::default());
        };
        let circle = self.store.circle(&couple.id)?;
        let device = self.device_in(&circle, &couple.id, holder, now);
        let key = circle.key(&sealed.key);
        let here = device.zip(key).is_some_and(|(d, key)| key.has(&d.name));
        let pair = circle.pair(&couple.sender);
        let is_barred = |device: &Device| pair.is_some_and(|pair| pair.is_barred(&device.name));
        let is_kept = key.is_some_and(|key| key.kept.is_some());
        Ok(Standing {
            offered: self.is_on() && !here && is_kept,
            here,
            proven: device.is_some_and(|device| !is_barred(device)),
            full: device.is_none() && circle.is_full(&self.rules, now),
            by_passkey: device.is_some_and(|device| device.passkey.is_some()),
            passkeys: circle.passkeys().cloned().collect(),
            number: device.map(|device| device.number),
            devices: circle.devices.clone(),
        })
    }

    /// The device that a browser is, if it is trusted now.
    fn device_in<'a>(
        &self,
        circle: &'a Circle,
        id: &CircleId,
        holder: &Holder,
        now: i64,
    ) -> Option<&'a Device> {
        let badge = holder.badge.as_ref();
        let shown = badge.map(|badge| id.device(&badge.token, self.master()));
        let mut names = holder.device.into_iter().chain(shown);
        let device = names.find_map(|name| circle.device(&name));
        device.filter(|device| self.rules.trusts(device, now))
    }

    /// Under which a browser is, or can become, a device. `None`: what it shows was a device's once, or it shows nothing.
    fn name_in(
        &self,
        circle: &Circle,
        id: &CircleId,
        holder: &Holder,
        now: i64,
    ) -> Option<DeviceName> {
        let badge = holder.badge.as_ref()?;
        let name = id.device(&badge.token, self.master());
        match circle.device(&name) {
            Some(device) => self.rules.trusts(device, now).then_some(name),
            None => badge.fresh.then_some(name),
        }
    }

    /// True if a device of the recipient's has the key of this sender.
    pub fn is_connected(&self, record: &Record, ticket: &Ticket, now: i64) -> Result<bool, Fault> {
        let Some(couple) = self.couple(record, ticket) else {
            return Ok(false);
        };
        let circle = self.store.circle(&couple.id)?;
        let pair = circle.pair(&couple.sender);
        Ok(pair.is_some_and(|pair| circle.is_connected(pair, &self.rules, now)))
    }

    /// Forgets what is over, where no transfer is kept for longer than `max_keep_for` seconds.
    pub fn tidy(&self, now: i64, max_keep_for: i64) -> Result<(), Fault> {
        self.store.tidy_circles(now, max_keep_for)
    }

    fn circle_of(&self, ticket: &Ticket) -> Option<CircleId> {
        let recipient = alone(ticket)?;
        Some(CircleId::of(&recipient, self.master()))
    }

    fn couple(&self, record: &Record, ticket: &Ticket) -> Option<Couple> {
        let recipient = alone(ticket)?;
        Some(Couple {
            id: CircleId::of(&recipient, self.master()),
            sender: record.sender.parse().ok()?,
            recipient,
        })
    }

    fn master(&self) -> &MasterKey {
        self.store.master()
    }
}

/// Those that need no password for a mail that comes now, each with its key.
fn trusted(circle: &Circle, rules: &Rules, now: i64) -> Vec<Key> {
    let devices = circle.devices.iter();
    let trusted = devices.filter(|device| rules.trusts(device, now));
    trusted.map(|device| (device.name, device.public)).collect()
}

fn share(key: &mut PairKey, id: &CircleId, secret: &Secret, devices: &[Key]) -> Result<(), Fault> {
    for (name, public) in devices {
        let sealed = secret.share((id, &key.id), (name, public))?;
        key.put_share(*name, sealed);
    }
    Ok(())
}

/// The one recipient of a ticket.
fn alone(ticket: &Ticket) -> Option<Address> {
    match ticket.recipients.as_slice() {
        [recipient] => recipient.parse().ok(),
        _ => None,
    }
}

impl fmt::Debug for Quick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Quick")
    }
}

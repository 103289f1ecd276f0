//! QUICK: who needs no password because a device of theirs is known for a sender (features 5.1).
//!
//! offer (a transfer is sealed to the pair's key beside its password) → accept (whoever opened it with that password proves the mailbox by a
//! code; the browser becomes a device) → from then on transfers of this sender are sealed to the pair alone: no password is made, none sent.
//! Promises: a link alone opens nothing, whoever reads the mailbox; a device's token alone neither; nobody is locked out for good, as a pair
//! without a trusted device gets passwords again, and sender, recipient and operator can each end it. Every change is durable before
//! it is told, and the recipient hears of each new device by mail.
//! Leaves to others: keys (`seal::quick`), what is kept (`store::circles`), counting tries and mailing codes ([`super::collect`]), pages.
//! Fails with `Fault`: the store does not answer.

mod codes;
mod letters;
mod opening;
mod sealing;

use crate::fault::Fault;
use crate::mail::Address;
use crate::maillog;

use crate::seal::quick::Secret;
use crate::store::Store;
use crate::transfer::keys::{MasterKey, TransferKey};
use crate::transfer::memo::QuickNews;
use crate::transfer::quick::{Circle, CircleId, Device, Pair, PairKey, PublicKey, Rules};
use crate::transfer::{DeviceSecret, Record, Ticket};
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
    /// Its token, if it has one.
    pub token: Option<DeviceSecret>,
    /// What it calls itself.
    pub browser: String,
    /// Where from, for the log.
    pub address: Option<IpAddr>,
}

/// How a recipient's devices stand, for his page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// This browser can become a device now, as it was let in by a password.
    pub offered: bool,
    /// It is one, and needs none for this sender.
    pub here: bool,
    /// It is one of the recipient's, whoever the sender: no code by mail is needed.
    pub proven: bool,
    /// The number of this one.
    pub number: Option<u32>,
    /// All of them.
    pub devices: Vec<Device>,
}

/// What came of setting a browser up.
#[derive(Debug)]
pub enum Connected {
    /// It is a device; this is its token.
    Done(DeviceSecret),
    /// There are as many as there may be.
    TooMany,
    /// It is not offered any more.
    Over,
}

/// What came of a code from another device.
#[derive(Debug)]
pub struct Entered {
    /// The token of the browser that is a device now.
    pub token: DeviceSecret,
    /// What it opens at once, if it does.
    pub key: Option<TransferKey>,
}

/// A sender and a recipient, and where it is about them.
struct Couple {
    id: CircleId,
    sender: Address,
    recipient: Address,
}

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

    /// How the devices stand for whoever has opened this ticket.
    pub fn standing(&self, ticket: &Ticket, holder: &Holder, now: i64) -> Result<Standing, Fault> {
        let (Some(id), Some(sealed)) = (self.circle_of(ticket), &ticket.quick) else {
            return Ok(Standing::default());
        };
        if !self.is_on() {
            return Ok(Standing::default());
        }
        let circle = self.store.circle(&id)?;
        let name = holder.token.as_ref().map(|t| id.device(t, self.master()));
        let device = name.and_then(|name| circle.device(&name));
        let device = device.filter(|device| self.rules.trusts(device, now));
        let key = circle.key(&sealed.key);
        let here = device.zip(key).is_some_and(|(d, key)| key.has(&d.name));
        Ok(Standing {
            offered: !here && key.is_some_and(|key| key.kept.is_some()),
            here,
            proven: device.is_some(),
            number: device.map(|device| device.number),
            devices: circle.devices.clone(),
        })
    }

    /// Makes a device of the browser: who uses it has opened the ticket with its password, and has proven the mailbox.
    pub fn accept(
        &self,
        (record, ticket): (&Record, &Ticket),
        holder: &Holder,
        now: i64,
    ) -> Result<Connected, Fault> {
        let (Some(couple), Some(sealed)) = (self.couple(record, ticket), &ticket.quick) else {
            return Ok(Connected::Over);
        };
        let (id, keeps) = (couple.id, self.rules.keeps);
        let token = holder.token.clone().unwrap_or_else(DeviceSecret::fresh);
        let connected = self.store.change_circle(&id, now, |circle| {
            let key = circle.key(&sealed.key);
            if key.is_none_or(|key| key.kept.is_none()) {
                return Ok((Connected::Over, Vec::new()));
            }
            let Some(number) = self.admit(circle, &id, (&token, holder), now)? else {
                return Ok((Connected::TooMany, Vec::new()));
            };
            self.share_kept(circle, &id, Some(&couple.sender), now)?;
            if let Some(pair) = circle.pair_mut(&couple.sender) {
                pair.accepted = now;
                // Strict: from here on nobody but the devices can open what is sealed to it.
                pair.keys.iter_mut().for_each(|key| {
                    key.kept.take_if(|_| !keeps);
                });
            }
            let news = QuickNews::Added(number);
            let told = letters::to_recipient(&couple, news, &ticket.language, now);
            Ok((Connected::Done(token.clone()), vec![told]))
        })?;
        if let Connected::Done(_) = &connected {
            maillog::quick(
                "accepted",
                &couple.sender,
                &couple.recipient,
                holder.address,
            );
        }
        Ok(connected)
    }

    /// `None`: there are too many.
    fn admit(
        &self,
        circle: &mut Circle,
        id: &CircleId,
        (token, holder): (&DeviceSecret, &Holder),
        now: i64,
    ) -> Result<Option<u32>, Fault> {
        let name = id.device(token, self.master());
        let public = Secret::of_device(token, id).public()?;
        let browser = id.browser(&holder.browser, self.master());
        if let Some(known) = circle.device_mut(&name)
            && self.rules.trusts(known, now)
        {
            // Nothing was proven anew: it lasts no longer for that.
            known.used = now;
            return Ok(Some(known.number));
        }
        let admitted = circle.admit(name, public, browser, now);
        let device = circle.device(&name).filter(|_| admitted);
        Ok(device.map(|device| device.number))
    }

    /// Gives every trusted device the secrets that the gateway keeps: of one pair, or of all.
    fn share_kept(
        &self,
        circle: &mut Circle,
        id: &CircleId,
        sender: Option<&Address>,
        now: i64,
    ) -> Result<(), Fault> {
        let trusted = trusted(circle, &self.rules, now);
        let is_meant = |pair: &&mut Pair| {
            let with = |s: &Address| {
                pair.sender
                    .parse()
                    .is_ok_and(|p: Address| p.same_mailbox(s))
            };
            sender.is_none_or(with)
        };
        for key in circle
            .pairs
            .iter_mut()
            .filter(is_meant)
            .flat_map(|p| &mut p.keys)
        {
            let kept = key.kept.as_ref();
            let secret = kept.and_then(|k| Secret::of_kept(k, id, &key.id, self.master()));
            if let Some(secret) = secret {
                share(key, id, &secret, &trusted)?;
            }
        }
        Ok(())
    }

    /// The pair is over: passwords again, and what was sealed to it alone opens for nobody. Both sides hear of it. False if there was none.
    pub fn part(&self, sender: &Address, recipient: &Address, now: i64) -> Result<bool, Fault> {
        let couple = Couple {
            id: CircleId::of(recipient, self.master()),
            sender: sender.clone(),
            recipient: recipient.clone(),
        };
        let parted = self.store.change_circle(&couple.id, now, |circle| {
            let accepted = circle.pair(sender).is_some_and(|pair| pair.accepted != 0);
            let parted = circle.part(sender);
            let told = match accepted {
                true => letters::to_both(&couple, QuickNews::Ended, now),
                false => Vec::new(),
            };
            Ok((parted, told))
        })?;
        if parted {
            maillog::quick("ended", sender, recipient, None);
        }
        Ok(parted)
    }

    /// The same for whoever has opened a transfer of the pair.
    pub fn part_of(&self, record: &Record, ticket: &Ticket, now: i64) -> Result<bool, Fault> {
        match self.couple(record, ticket) {
            Some(couple) => self.part(&couple.sender, &couple.recipient, now),
            None => Ok(false),
        }
    }

    /// A device is none any more, as one of them says. False if the browser is none, or there is no such.
    pub fn dismiss(
        &self,
        ticket: &Ticket,
        holder: &Holder,
        number: u32,
        now: i64,
    ) -> Result<bool, Fault> {
        let (Some(id), Some(token)) = (self.circle_of(ticket), &holder.token) else {
            return Ok(false);
        };
        let name = id.device(token, self.master());
        self.store.change_circle(&id, now, |circle| {
            let device = circle.device(&name);
            let may = device.is_some_and(|device| self.rules.trusts(device, now));
            Ok((may && circle.dismiss(number), Vec::new()))
        })
    }

    /// True if the recipient of a ticket has a device for its sender.
    pub fn is_connected(&self, record: &Record, ticket: &Ticket, now: i64) -> Result<bool, Fault> {
        match self.couple(record, ticket) {
            Some(couple) => self.connects(&couple.sender, &couple.recipient, now),
            None => Ok(false),
        }
    }

    /// True if what one sends to the other needs no password.
    pub fn connects(&self, sender: &Address, recipient: &Address, now: i64) -> Result<bool, Fault> {
        if !self.is_on() {
            return Ok(false);
        }
        let id = CircleId::of(recipient, self.master());
        let circle = self.store.circle(&id)?;
        let pair = circle.pair(sender);
        Ok(pair.is_some_and(|pair| circle.is_connected(pair, &self.rules, now)))
    }

    /// Forgets what is over, where no transfer is kept for longer than `max_keep_for` seconds.
    pub fn tidy(&self, now: i64, max_keep_for: i64) -> Result<(), Fault> {
        self.store.tidy_circles(&self.rules, now, max_keep_for)
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
fn trusted(circle: &Circle, rules: &Rules, now: i64) -> Vec<([u8; 32], PublicKey)> {
    let devices = circle.devices.iter();
    let trusted = devices.filter(|device| rules.trusts(device, now));
    trusted.map(|device| (device.name, device.public)).collect()
}

fn share(
    key: &mut PairKey,
    id: &CircleId,
    secret: &Secret,
    devices: &[([u8; 32], PublicKey)],
) -> Result<(), Fault> {
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

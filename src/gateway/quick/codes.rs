//! Codes that let another device in: made by a device or by an operator, entered where a link asks for one, used by one browser.
//!
//! Promises: a code of a device opens what that device opens, one of an operator's what comes from then on, and earlier mails only where
//! the gateway keeps keys for that; who enters it again in the same browser, as the answer was lost, is told the same again.

use super::accepting::partners;
use super::{Couple, Holder, Key, Quick, letters, share, trusted};
use crate::fault::Fault;
use crate::mail::Address;
use crate::maillog;
use crate::seal::quick::Secret;
use crate::store::Found;
use crate::transfer::keys::TransferKey;
use crate::transfer::memo::QuickNews;
use crate::transfer::quick::{
    Activation, ActivationCode, Badge, CODE_FOR, Circle, CircleId, DeviceName, KeyId, Maker,
    OPERATORS_CODE_FOR,
};
use crate::transfer::{DeviceSecret, LinkSecret, Memo, Ticket};

/// What came of a code from another device.
#[derive(Debug)]
pub enum Entered {
    /// The browser is a device.
    Done {
        /// What it is known by.
        badge: Badge,
        /// What it opens at once, if it does.
        key: Option<TransferKey>,
    },
    /// No such code stands.
    Wrong,
    /// The code is good still, and there are as many devices as there may be.
    TooMany,
}

/// What came of it in the circle.
#[derive(PartialEq, Eq)]
enum Tried {
    New,
    Again,
    Wrong,
    TooMany,
}

impl Quick {
    /// A code that lets another device in, made by one that is in use and shows its token: what it opens is sealed to that. `None`: this
    /// browser is none, or what it has open was opened with a passkey that it does not show again.
    pub fn make_code(
        &self,
        ticket: &Ticket,
        holder: &Holder,
        now: i64,
    ) -> Result<Option<(ActivationCode, i64)>, Fault> {
        let (Some(id), Some(badge)) = (self.circle_of(ticket), &holder.badge) else {
            return Ok(None);
        };
        let code = ActivationCode::fresh();
        let until = now.saturating_add(CODE_FOR);
        self.store.change_circle(&id, now, |circle| {
            let name = id.device(&badge.token, self.master());
            let device = circle.device(&name);
            if !device.is_some_and(|device| self.rules.trusts(device, now)) {
                return Ok((None, Vec::new()));
            }
            let place = (&id, self.master());
            let mut made = Activation::new(&code, place, until, Maker::Device(name));
            let secrets = self.secrets_of(circle, (&id, &name), &badge.token);
            let secrets = secrets.into_iter().map(|(key, secret)| {
                let sealed = secret.under_code(&code, (&id, &key), self.master());
                (key, sealed)
            });
            made.secrets = secrets.collect();
            circle.put_code(made);
            Ok((Some((code, until)), Vec::new()))
        })
    }

    /// All secrets that a device has.
    pub(super) fn secrets_of(
        &self,
        circle: &Circle,
        (id, name): (&CircleId, &DeviceName),
        token: &DeviceSecret,
    ) -> Vec<(KeyId, Secret)> {
        let device = Secret::of_device(token, id);
        let keys = circle.pairs.iter().flat_map(|pair| &pair.keys);
        keys.filter_map(|key| {
            let share = key.shares.iter().find(|share| share.device == *name)?;
            let secret = device.of_share((id, &key.id), name, &share.sealed)?;
            Some((key.id, secret))
        })
        .collect()
    }

    /// A code of an operator's for a recipient: both sides hear of it. It opens what was sent before only where the gateway keeps keys.
    /// `None`: nobody sends him anything this way.
    pub fn operators_code(
        &self,
        recipient: &Address,
        now: i64,
    ) -> Result<Option<(ActivationCode, i64)>, Fault> {
        let id = CircleId::of(recipient, self.master());
        let code = ActivationCode::fresh();
        let until = now.saturating_add(OPERATORS_CODE_FOR);
        let made = self.store.change_circle(&id, now, |circle| {
            if circle.live().next().is_none() {
                return Ok((None, Vec::new()));
            }
            let place = (&id, self.master());
            circle.put_code(Activation::new(&code, place, until, Maker::Operator));
            let told = letters::to_all(circle, QuickNews::Code, now);
            Ok((Some((code, until)), told))
        })?;
        if made.is_some() {
            maillog::quick_code(recipient);
        }
        Ok(made)
    }

    /// Makes a device of the browser by a code. It shows a badge that was given out for that ([`Self::new_badge`]), or nothing is done.
    pub fn enter(
        &self,
        found: &Found,
        link: &LinkSecret,
        (typed, holder): (&ActivationCode, &Holder),
        now: i64,
    ) -> Result<Entered, Fault> {
        let couple = self.couple(&found.record, &found.ticket);
        let (Some(couple), Some(badge)) = (couple, &holder.badge) else {
            return Ok(Entered::Wrong);
        };
        let tried = self.store.change_circle(&couple.id, now, |circle| {
            self.entered(circle, &couple, (typed, holder, badge), found, now)
        })?;
        match tried {
            Tried::Wrong => return Ok(Entered::Wrong),
            Tried::TooMany => return Ok(Entered::TooMany),
            Tried::New | Tried::Again => {}
        }
        if tried == Tried::New {
            let from = holder.address;
            maillog::quick("activated", &couple.sender, &couple.recipient, from);
        }
        let opened = self.open(found, link, holder)?;
        let key = opened.map(|(key, _)| key);
        let badge = badge.settled();
        Ok(Entered::Done { badge, key })
    }

    fn entered(
        &self,
        circle: &mut Circle,
        couple: &Couple,
        (typed, holder, badge): (&ActivationCode, &Holder, &Badge),
        found: &Found,
        now: i64,
    ) -> Result<(Tried, Vec<Memo>), Fault> {
        let (id, master) = (&couple.id, self.master());
        let Some(name) = self.name_in(circle, id, holder, now) else {
            return Ok((Tried::Wrong, Vec::new()));
        };
        let is_device = circle.device(&name).is_some();
        let code = match circle.code(typed, (id, master), now) {
            Some(code) if code.used == Some(name) && is_device => {
                return Ok((Tried::Again, Vec::new()));
            }
            Some(code) if code.used.is_none() => code.clone(),
            _ => return Ok((Tried::Wrong, Vec::new())),
        };
        let Some(number) = self.admit(circle, id, (holder, badge), now)? else {
            return Ok((Tried::TooMany, Vec::new()));
        };
        self.hand_over(circle, id, (typed, &code), (name, badge), now)?;
        if let Some(code) = circle.code(typed, (id, master), now) {
            code.spend(name);
        }
        let (news, language) = (QuickNews::Added(number), &found.ticket.language);
        let told = letters::to_recipient(couple, news, language, now);
        Ok((Tried::New, vec![told]))
    }

    /// What a code brings: the secrets under it, or where an operator made it what comes from now on.
    fn hand_over(
        &self,
        circle: &mut Circle,
        id: &CircleId,
        (typed, code): (&ActivationCode, &Activation),
        (name, badge): (DeviceName, &Badge),
        now: i64,
    ) -> Result<(), Fault> {
        if code.by == Maker::Operator {
            return self.hand_over_what_comes(circle, id, &name, now);
        }
        let device = (name, Secret::of_device(&badge.token, id).public()?);
        for pair in &mut circle.pairs {
            for key in &mut pair.keys {
                let sealed = code.secrets.iter().find(|(named, _)| *named == key.id);
                let secret = sealed.and_then(|(_, sealed)| {
                    Secret::of_code(sealed, typed, (id, &key.id), self.master())
                });
                if let Some(secret) = secret {
                    share(key, id, &secret, &[device])?;
                }
            }
            if pair.keys.iter().any(|key| key.has(&name)) {
                pair.unbar(&name);
            }
        }
        Ok(())
    }

    /// Every pair is the device's from now on. What the gateway keeps for that is handed over; what it keeps only until somebody with the
    /// password of a mail accepts is not: the operator knows no such password.
    fn hand_over_what_comes(
        &self,
        circle: &mut Circle,
        id: &CircleId,
        name: &DeviceName,
        now: i64,
    ) -> Result<(), Fault> {
        let trusted: Vec<Key> = trusted(circle, &self.rules, now);
        for pair in circle.pairs.iter_mut().filter(|pair| pair.is_live()) {
            pair.unbar(name);
            pair.accepted = pair.accepted.max(now);
            let devices = partners(pair, &trusted);
            if self.rules.keeps {
                self.share_kept(pair, id, &devices)?;
            }
            if pair.in_use().is_none_or(|key| !key.has(name)) {
                self.renew(pair, id, &devices, now)?;
            }
        }
        Ok(())
    }
}

//! Setting a browser up: it becomes a device, and the pair gets a key that the gateway never kept.
//!
//! Promises: all of it is one change; who has an old copy of the store, the master key and a link opens nothing that is sealed after it;
//! who asks again with the badge that was accepted is told the same again.

use super::{Couple, Holder, Key, Quick, letters, share, trusted};
use crate::fault::Fault;
use crate::maillog;
use crate::seal::quick::Secret;
use crate::transfer::memo::QuickNews;
use crate::transfer::quick::{Badge, Circle, CircleId, KeyId, Newcomer, Pair, Sealed};
use crate::transfer::{Memo, Record, Ticket};

/// What came of setting a browser up.
#[derive(Debug)]
pub enum Connected {
    /// It is a device.
    Done(Badge),
    /// It showed no badge that was given out for that.
    NoBadge,
    /// There are as many as there may be.
    TooMany,
    /// It is not offered any more.
    Over,
}

impl Quick {
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
        let Some(badge) = &holder.badge else {
            return Ok(Connected::NoBadge);
        };
        let (connected, is_new) = self.store.change_circle(&couple.id, now, |circle| {
            let device = self.device_in(circle, &couple.id, holder, now);
            let key = circle.key(&sealed.key);
            if device.zip(key).is_some_and(|(d, key)| key.has(&d.name)) {
                return Ok(((Connected::Done(badge.settled()), false), Vec::new()));
            }
            if key.is_none_or(|key| key.kept.is_none()) {
                return Ok(((Connected::Over, false), Vec::new()));
            }
            let (connected, told) =
                self.connected(circle, &couple, (holder, badge), (sealed, ticket), now)?;
            Ok(((connected, !told.is_empty()), told))
        })?;
        if is_new {
            let from = holder.address;
            maillog::quick("accepted", &couple.sender, &couple.recipient, from);
        }
        Ok(connected)
    }

    /// Who is told of it as well: nobody if nothing was changed.
    fn connected(
        &self,
        circle: &mut Circle,
        couple: &Couple,
        (holder, badge): (&Holder, &Badge),
        (sealed, ticket): (&Sealed, &Ticket),
        now: i64,
    ) -> Result<(Connected, Vec<Memo>), Fault> {
        let id = &couple.id;
        let Some(name) = self.name_in(circle, id, holder, now) else {
            return Ok((Connected::NoBadge, Vec::new()));
        };
        let Some(number) = self.admit(circle, id, (holder, badge), now)? else {
            return Ok((Connected::TooMany, Vec::new()));
        };
        let devices = trusted(circle, &self.rules, now);
        let with = |pair: &&mut Pair| pair.keys.iter().any(|key| key.id == sealed.key);
        if let Some(pair) = circle.pairs.iter_mut().find(with) {
            pair.unbar(&name);
            pair.accepted = now;
            let devices = partners(pair, &devices);
            self.share_kept(pair, id, &devices)?;
            if !self.rules.keeps {
                self.renew(pair, id, &devices, now)?;
            }
        }
        let news = QuickNews::Added(number);
        let told = letters::to_recipient(couple, news, &ticket.language, now);
        Ok((Connected::Done(badge.settled()), vec![told]))
    }

    /// Its number. `None`: there are too many.
    pub(super) fn admit(
        &self,
        circle: &mut Circle,
        id: &CircleId,
        (holder, badge): (&Holder, &Badge),
        now: i64,
    ) -> Result<Option<u32>, Fault> {
        let name = id.device(&badge.token, self.master());
        if let Some(known) = circle.device_mut(&name) {
            // Nothing was proven anew: it lasts no longer for that.
            known.use_now(&self.rules, now);
            return Ok(Some(known.number));
        }
        let new = Newcomer {
            name,
            public: Secret::of_device(&badge.token, id).public()?,
            browser: id.browser(&holder.browser, self.master()),
        };
        let inherited = self.inherited(circle, id, badge);
        let number = circle.admit(new, &self.rules, now);
        if let Some(device) = circle.device_mut(&name) {
            device.passkey.clone_from(&holder.passkey);
        }
        let device = [(new.name, new.public)];
        let keys = circle.pairs.iter_mut().flat_map(|pair| &mut pair.keys);
        for key in keys.filter(|_| number.is_some()) {
            let secret = inherited.iter().find(|(id, _)| *id == key.id);
            if let Some((_, secret)) = secret {
                share(key, id, secret, &device)?;
            }
        }
        Ok(number)
    }

    /// What the browser could open as the device that it was before, which was silent too long and goes: it still opens what came in its
    /// time.
    fn inherited(&self, circle: &mut Circle, id: &CircleId, badge: &Badge) -> Vec<(KeyId, Secret)> {
        let Some(before) = &badge.before else {
            return Vec::new();
        };
        let name = id.device(before, self.master());
        let Some(number) = circle.device(&name).map(|device| device.number) else {
            return Vec::new();
        };
        let secrets = self.secrets_of(circle, (id, &name), before);
        circle.dismiss(number);
        secrets
    }

    /// Gives these devices the secrets of a pair that the gateway keeps.
    pub(super) fn share_kept(
        &self,
        pair: &mut Pair,
        id: &CircleId,
        devices: &[Key],
    ) -> Result<(), Fault> {
        for key in &mut pair.keys {
            let kept = key.kept.as_ref();
            let secret = kept.and_then(|k| Secret::of_kept(k, id, &key.id, self.master()));
            if let Some(secret) = secret {
                share(key, id, &secret, devices)?;
            }
        }
        Ok(())
    }

    /// A new key for what comes. Where nothing is kept nobody but these devices opens it, not even with what was kept of the pair before.
    /// Without room for one more key the next mail brings a password.
    pub(super) fn renew(
        &self,
        pair: &mut Pair,
        id: &CircleId,
        devices: &[Key],
        now: i64,
    ) -> Result<(), Fault> {
        let (mut key, secret) = self.new_key(id)?;
        if !self.rules.keeps {
            pair.forget_kept();
            key.kept = None;
        }
        share(&mut key, id, &secret, devices)?;
        if !pair.add_key(key, now) {
            pair.retire();
        }
        Ok(())
    }
}

/// Of these devices those that have a part in a pair.
pub(super) fn partners(pair: &Pair, devices: &[Key]) -> Vec<Key> {
    let devices = devices.iter().filter(|(name, _)| !pair.is_barred(name));
    devices.copied().collect()
}

//! Where a transfer is sealed to: the pair of its sender and recipient, with a key that a device has or that can still be offered.
//!
//! Promises: a key that something was sealed to outlives it; where there is no room for a key there is no seat, and the recipient gets a
//! password.

use super::Quick;
use crate::fault::Fault;
use crate::mail::Address;
use crate::mail::id::random;
use crate::seal::quick::Secret;
use crate::transfer::quick::{Circle, CircleId, Pair, PairKey, Seat};

impl Quick {
    /// Where a transfer from one to the other is sealed to, at `now` (Unix time, seconds, as everywhere here), that does not live until
    /// `until`. Durable when this returns. `chosen`: its sender gave a password, so that one is needed in any case. `None`: as many keys as
    /// there may be are in use.
    pub fn seat(
        &self,
        sender: &Address,
        recipient: &Address,
        chosen: bool,
        (now, until): (i64, i64),
    ) -> Result<Option<Seat>, Fault> {
        let id = CircleId::of(recipient, self.master());
        let circle = self.store.circle(&id)?;
        if let Some((key, alone)) = self.key_in(&circle, sender, now)
            && key.until >= until
        {
            return Ok(Some(seat(key, alone && !chosen)));
        }
        self.store.change_circle(&id, now, |circle| {
            if !self.has_key(circle, &id, sender, recipient, now)? {
                return Ok((None, Vec::new()));
            }
            let alone = self.key_in(circle, sender, now).is_some_and(|(_, a)| a);
            let pair = circle.pair_mut(sender);
            let key = pair.and_then(|pair| pair.keys.last_mut());
            let seat = key.map(|key| {
                key.until = key.until.max(until);
                seat(key, alone && !chosen)
            });
            Ok((seat, Vec::new()))
        })
    }

    /// True if what one sends to the other now needs no password.
    pub fn connects(&self, sender: &Address, recipient: &Address, now: i64) -> Result<bool, Fault> {
        let id = CircleId::of(recipient, self.master());
        let circle = self.store.circle(&id)?;
        let key = self.key_in(&circle, sender, now);
        Ok(self.is_on() && key.is_some_and(|(_, alone)| alone))
    }

    /// Makes a key if none is in use that a trusted device has or that can be offered. False: there is no room for one.
    fn has_key(
        &self,
        circle: &mut Circle,
        id: &CircleId,
        sender: &Address,
        recipient: &Address,
        now: i64,
    ) -> Result<bool, Fault> {
        if self.key_in(circle, sender, now).is_some() {
            return Ok(true);
        }
        if circle.pair(sender).is_none() {
            if !circle.make_room(now) {
                return Ok(false);
            }
            circle.address = recipient.to_string();
            circle.pairs.push(Pair::new(sender, now));
        }
        let (key, _) = self.new_key(id)?;
        let pair = circle.pair_mut(sender);
        Ok(pair.is_some_and(|pair| pair.add_key(key, now)))
    }

    /// The key in use, if a trusted device has it (then true) or it can still be offered.
    fn key_in<'a>(
        &self,
        circle: &'a Circle,
        sender: &Address,
        now: i64,
    ) -> Option<(&'a PairKey, bool)> {
        let pair = circle.pair(sender)?;
        let key = pair.in_use()?;
        let connected = circle.is_connected(pair, &self.rules, now);
        (connected || key.kept.is_some()).then_some((key, connected))
    }

    /// One that can be offered, so the gateway keeps its secret.
    pub(super) fn new_key(&self, id: &CircleId) -> Result<(PairKey, Secret), Fault> {
        let (secret, name) = (Secret::fresh(), random());
        let key = PairKey {
            id: name,
            public: secret.public()?,
            kept: Some(secret.keep(id, &name, self.master())),
            shares: Vec::new(),
            until: 0,
            retired: false,
        };
        Ok((key, secret))
    }
}

fn seat(key: &PairKey, alone: bool) -> Seat {
    Seat {
        key: key.id,
        public: key.public,
        alone,
    }
}

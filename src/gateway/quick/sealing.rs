//! Where a transfer is sealed to: the pair of its sender and recipient, with a key that a device has or that can still be offered.

use super::Quick;
use crate::fault::{Fault, Kind};
use crate::mail::Address;
use crate::mail::id::random;
use crate::seal::quick::Secret;
use crate::transfer::quick::{Circle, CircleId, Pair, PairKey, Seat};

impl Quick {
    /// Where a transfer from one to the other is sealed to, at `now` (Unix time, seconds, as everywhere here). Durable when this returns.
    /// `chosen`: its sender gave a password, so that one is needed in any case.
    pub fn seat(
        &self,
        sender: &Address,
        recipient: &Address,
        chosen: bool,
        now: i64,
    ) -> Result<Seat, Fault> {
        let id = CircleId::of(recipient, self.master());
        let circle = self.store.circle(&id)?;
        let fresh = |pair: &Pair| now.saturating_sub(pair.sealed) < 86_400;
        if let Some(seat) = self.seat_in(&circle, sender, chosen, now)
            && circle.pair(sender).is_some_and(fresh)
        {
            return Ok(seat);
        }
        self.store.change_circle(&id, now, |circle| {
            circle.address = recipient.to_string();
            if circle.pair(sender).is_none() {
                circle.make_room();
                circle.pairs.push(Pair::new(sender, now));
            }
            if self.seat_in(circle, sender, chosen, now).is_none() {
                let (key, _) = self.new_key(&id)?;
                if let Some(pair) = circle.pair_mut(sender) {
                    pair.add_key(key);
                }
            }
            if let Some(pair) = circle.pair_mut(sender) {
                pair.sealed = now;
            }
            let missing = || Fault::because(Kind::Internal, "a pair without a key");
            let seat = self.seat_in(circle, sender, chosen, now);
            Ok((seat.ok_or_else(missing)?, Vec::new()))
        })
    }

    /// The key in use, if a trusted device has it or it can still be offered.
    fn seat_in(&self, circle: &Circle, sender: &Address, chosen: bool, now: i64) -> Option<Seat> {
        let pair = circle.pair(sender)?;
        let key = pair.keys.last()?;
        let connected = circle.is_connected(pair, &self.rules, now);
        (connected || key.kept.is_some()).then_some(Seat {
            key: key.id,
            public: key.public,
            alone: connected && !chosen,
        })
    }

    /// One that can be offered, so the gateway keeps its secret.
    pub(super) fn new_key(&self, id: &CircleId) -> Result<(PairKey, Secret), Fault> {
        let (secret, name) = (Secret::fresh(), random());
        let key = PairKey {
            id: name,
            public: secret.public()?,
            kept: Some(secret.keep(id, &name, self.master())),
            shares: Vec::new(),
        };
        Ok((key, secret))
    }
}

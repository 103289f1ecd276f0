//! Codes that let another device in: made by a device or by an operator, entered where a link asks for one, used once.

use super::{Entered, Holder, Quick, letters, share, trusted};
use crate::fault::Fault;
use crate::mail::Address;
use crate::maillog;
use crate::seal::quick::Secret;
use crate::store::Found;
use crate::transfer::memo::QuickNews;
use crate::transfer::quick::{
    Activation, ActivationCode, CODE_FOR, Circle, CircleId, KeyId, OPERATORS_CODE_FOR,
};
use crate::transfer::{Actor, DeviceSecret, LinkSecret, Ticket};

impl Quick {
    /// A code that lets another device in, made by one that is in use. `None`: this browser is none.
    pub fn make_code(
        &self,
        ticket: &Ticket,
        holder: &Holder,
        now: i64,
    ) -> Result<Option<(ActivationCode, i64)>, Fault> {
        let (Some(id), Some(token)) = (self.circle_of(ticket), &holder.token) else {
            return Ok(None);
        };
        let (name, code) = (id.device(token, self.master()), ActivationCode::fresh());
        let until = now.saturating_add(CODE_FOR);
        self.store.change_circle(&id, now, |circle| {
            let device = circle.device(&name);
            if !device.is_some_and(|device| self.rules.trusts(device, now)) {
                return Ok((None, Vec::new()));
            }
            let secrets = self.secrets_of(circle, (&id, &name), token);
            let secrets = secrets.into_iter().map(|(key, secret)| {
                let sealed = secret.under_code(&code, (&id, &key), self.master());
                (key, sealed)
            });
            let made = Activation {
                hash: [0; 32],
                until,
                secrets: secrets.collect(),
                by: None,
            };
            circle.put_code(&code, (&id, self.master()), made);
            Ok((Some((code, until)), Vec::new()))
        })
    }

    /// All secrets that a device has.
    fn secrets_of(
        &self,
        circle: &Circle,
        (id, name): (&CircleId, &[u8; 32]),
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
        let (id, code) = (
            CircleId::of(recipient, self.master()),
            ActivationCode::fresh(),
        );
        let until = now.saturating_add(OPERATORS_CODE_FOR);
        self.store.change_circle(&id, now, |circle| {
            if circle.pairs.is_empty() {
                return Ok((None, Vec::new()));
            }
            let made = Activation {
                hash: [0; 32],
                until,
                secrets: Vec::new(),
                by: Some(Actor::Operator),
            };
            circle.put_code(&code, (&id, self.master()), made);
            let told = letters::to_all(circle, QuickNews::Code, now);
            maillog::quick_code(recipient);
            Ok((Some((code, until)), told))
        })
    }

    /// Makes a device of the browser by a code. `None`: no such code stands, or there are too many devices.
    pub fn enter(
        &self,
        found: &Found,
        link: &LinkSecret,
        (typed, holder): (&ActivationCode, &Holder),
        now: i64,
    ) -> Result<Option<Entered>, Fault> {
        let Some(couple) = self
            .couple(&found.record, &found.ticket)
            .filter(|_| self.is_on())
        else {
            return Ok(None);
        };
        let (id, master) = (couple.id, self.master());
        let token = holder.token.clone().unwrap_or_else(DeviceSecret::fresh);
        let entered = self.store.change_circle(&id, now, |circle| {
            let mut after = circle.clone();
            let Some(code) = after.take_code(typed, (&id, master), now) else {
                return Ok((false, Vec::new()));
            };
            let Some(number) = self.admit(&mut after, &id, (&token, holder), now)? else {
                return Ok((false, Vec::new()));
            };
            self.hand_over(&mut after, &id, (typed, &code), &token, now)?;
            *circle = after;
            let news = QuickNews::Added(number);
            let told = letters::to_recipient(&couple, news, &found.ticket.language, now);
            Ok((true, vec![told]))
        })?;
        if !entered {
            return Ok(None);
        }
        maillog::quick(
            "activated",
            &couple.sender,
            &couple.recipient,
            holder.address,
        );
        let holder = Holder {
            token: Some(token.clone()),
            ..holder.clone()
        };
        let key = self.open(found, link, &holder)?;
        Ok(Some(Entered { token, key }))
    }

    /// What a code brings: the secrets under it, what the gateway keeps, and where an operator made it new keys for the rest.
    fn hand_over(
        &self,
        circle: &mut Circle,
        id: &CircleId,
        (typed, code): (&ActivationCode, &Activation),
        token: &DeviceSecret,
        now: i64,
    ) -> Result<(), Fault> {
        let name = id.device(token, self.master());
        let device = (name, Secret::of_device(token, id).public()?);
        for key in circle.pairs.iter_mut().flat_map(|pair| &mut pair.keys) {
            let sealed = code.secrets.iter().find(|(named, _)| *named == key.id);
            let secret = sealed.and_then(|(_, sealed)| {
                Secret::of_code(sealed, typed, (id, &key.id), self.master())
            });
            if let Some(secret) = secret {
                share(key, id, &secret, &[device])?;
            }
        }
        if code.by.is_none() {
            return Ok(());
        }
        self.share_kept(circle, id, None, now)?;
        for key in circle.pairs.iter_mut().flat_map(|pair| &mut pair.keys) {
            key.kept.take_if(|_| !self.rules.keeps);
        }
        let trusted = trusted(circle, &self.rules, now);
        for pair in &mut circle.pairs {
            pair.accepted = pair.accepted.max(now);
            if pair.keys.last().is_some_and(|key| key.has(&name)) {
                continue;
            }
            let (mut key, secret) = self.new_key(id)?;
            key.kept.take_if(|_| !self.rules.keeps);
            share(&mut key, id, &secret, &trusted)?;
            pair.add_key(key);
        }
        Ok(())
    }
}

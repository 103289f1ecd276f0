//! The line without an outlet: what would happen to this mail, and what would leave.
//!
//! Promises: the same functions as the line, so that `explain` says what really happens; nothing is kept or sent, and memory does not
//! grow with the mail.

use super::{Gateway, Parts};
use crate::decide::Policy;
use crate::fault::Fault;
use crate::mail::content::Reader;
use crate::mail::{Mail, Received, Variant};
use crate::store::Store;
use crate::store::memory::Memory;
use crate::transfer::keys::MasterKey;
use crate::transfer::{Held, Plan, Scope};
use crate::{decide, parse, rewrite};
use std::sync::Arc;
use std::time::Instant;

/// Parses and decides.
pub fn preview(
    policy: &Policy,
    received: Received,
    reader: &dyn Reader,
) -> Result<(Mail, Plan), Fault> {
    let mail = parse::mail(received)?;
    let plan = settled(&mail, decide::plan(policy, &mail, reader)?);
    Ok((mail, plan))
}

/// Where the text cannot take our block, the mail travels whole: better a sealed mail than a broken one.
pub(super) fn settled(mail: &Mail, mut plan: Plan) -> Plan {
    for decision in &mut plan.decisions {
        if let Err(why) = rewrite::can_insert(mail, &decision.scope) {
            decision.scope = Scope::Whole(why);
        }
    }
    plan
}

/// A gateway whose store keeps nothing: seals under a key that nobody has, so the links in what it writes open nothing.
pub struct Rehearsal(Gateway);

impl Rehearsal {
    /// A gateway made of the key and the store that `make` is given.
    pub fn new<E: From<Fault>>(
        make: impl FnOnce(MasterKey, Store) -> Result<Parts, E>,
    ) -> Result<Self, E> {
        let master = MasterKey::fresh();
        let store = Store::open(Arc::new(Memory::forgetful()), master.clone())?;
        Ok(Rehearsal(Gateway::new(make(master, store)?)))
    }

    /// The variants that would leave. Fails as the line would: a mail that policy refuses has none.
    pub async fn variants(&self, mail: &Mail, plan: &Plan) -> Result<Vec<Variant>, Fault> {
        let (gateway, mut plan) = (&self.0, plan.clone());
        let until = Instant::now() + gateway.parts.answer_within;
        gateway.look_up(mail, &mut plan, until).await?;
        if mail.one_for_all {
            plan.share();
        }
        let plan = &plan;
        let held = match gateway.seal(mail, plan)?.transfer {
            Some(transfer) => gateway.store().hold(transfer)?,
            None => Held::nothing(),
        };
        gateway.rewrite(mail, plan, &held)
    }
}

//! The first two steps of the line, without a store and without an outlet: what would happen to this mail.
//!
//! Promises: the same functions as the line, so that `explain` says what really happens; nothing is stored or sent.

use crate::decide::Policy;
use crate::fault::Fault;
use crate::mail::{Mail, Received};
use crate::transfer::{Plan, Scope};
use crate::{decide, parse, rewrite};

/// Parses and decides.
pub fn preview(policy: &Policy, received: Received) -> Result<(Mail, Plan), Fault> {
    let mail = parse::mail(received)?;
    let plan = settled(&mail, decide::plan(policy, &mail)?);
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

//! An outlet that does not ask the next hop about command addresses: they are ours. For what comes through a door.
//!
//! Promises: a recipient that is a command address never reaches the outlet within; who is not the sender of its transfer hears so at RCPT
//! already, in the same words for every transfer. Machines (the null sender) may go on: their mail is dropped later.

use super::refusal;
use crate::Pending;
use crate::fault::{Fault, Reply};
use crate::forward::{Credentials, Mechanism, Outlet};
use crate::gateway::heavy;
use crate::mail::{Address, Envelope, Recipient, Variant};
use crate::store::Store;
use crate::texts::House;
use crate::transfer::TransferId;
use crate::transfer::proof::Outcome;
use std::sync::Arc;
use std::time::Instant;

/// See the page.
pub(in crate::gateway) struct Catching {
    inner: Box<dyn Outlet>,
    house: Arc<House>,
    store: Arc<Store>,
    sender: Option<Address>,
}

impl Catching {
    pub(in crate::gateway) fn new(
        inner: Box<dyn Outlet>,
        house: Arc<House>,
        store: Arc<Store>,
    ) -> Self {
        Catching {
            inner,
            house,
            store,
            sender: None,
        }
    }

    fn vet_command(&self, id: &TransferId) -> Result<Reply, Fault> {
        let is_heard = match &self.sender {
            None => true,
            Some(sender) => heavy(|| is_of(&self.store, id, sender))?,
        };
        match is_heard {
            true => Ok(Reply::new(250, (2, 1, 5), "Recipient OK")),
            false => Ok(Reply::from(&refusal().kind)),
        }
    }
}

/// True if that is the sender of a transfer of this id. Blocks.
pub(super) fn is_of(store: &Store, id: &TransferId, person: &Address) -> Result<bool, Fault> {
    let record = store.transfer(id)?;
    let sender = record.and_then(|record| record.sender.parse::<Address>().ok());
    Ok(sender.is_some_and(|sender| sender.same_mailbox(person)))
}

impl Outlet for Catching {
    fn begin<'a>(&'a mut self, envelope: &'a Envelope) -> Pending<'a, Result<(), Fault>> {
        self.sender.clone_from(&envelope.sender);
        self.inner.begin(envelope)
    }

    fn vet<'a>(&'a mut self, recipient: &'a Recipient) -> Pending<'a, Result<Reply, Fault>> {
        match self.house.command_of(&recipient.address) {
            Some(id) => Box::pin(async move { self.vet_command(&id) }),
            None => self.inner.vet(recipient),
        }
    }

    fn hand_over<'a>(&'a mut self, variants: Vec<Variant>, until: Instant) -> Pending<'a, Outcome> {
        self.inner.hand_over(variants, until)
    }

    fn reset<'a>(&'a mut self) -> Pending<'a, ()> {
        self.inner.reset()
    }

    fn logins<'a>(&'a mut self) -> Pending<'a, Result<Vec<Mechanism>, Fault>> {
        self.inner.logins()
    }

    fn sign_in<'a>(&'a mut self, credentials: Credentials) -> Pending<'a, Result<Reply, Fault>> {
        self.inner.sign_in(credentials)
    }
}

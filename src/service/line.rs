//! The gateway as a door sees it.

use crate::Pending;
use crate::doors::Line;
use crate::fault::Fault;
use crate::forward::Outlet;
use crate::gateway::Gateway;
use crate::mail::{Envelope, Intake, Received};
use crate::transfer::proof::Outcome;

impl Line for Gateway {
    fn intake(&self, envelope: &Envelope) -> Intake {
        Gateway::intake(self, envelope)
    }

    fn outlet(&self) -> Box<dyn Outlet> {
        Gateway::outlet(self)
    }

    fn send<'a>(
        &'a self,
        received: Received,
        outlet: &'a mut dyn Outlet,
    ) -> Pending<'a, Result<Outcome, Fault>> {
        Box::pin(Gateway::send(self, received, outlet))
    }

    fn max_message(&self) -> u64 {
        Gateway::max_message(self)
    }

    fn room_for(&self, size: u64) -> Result<(), Fault> {
        Gateway::room_for(self, size)
    }

    fn hostname(&self) -> &str {
        &self.house().hostname
    }
}

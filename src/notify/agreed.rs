//! The way that sends nothing: the recipient has a password that was agreed on once, and the transfer is locked with it.
//!
//! It is a channel so that rules can name it in their order, before or behind others; [`Router`](super::Router) chooses it only for who
//! has such a password. A notice reaches it only where the configuration has given its name to it since: then the next way is taken.

use super::{Channel, Trouble};
use crate::Pending;
use crate::transfer::Notice;

/// See the module.
#[derive(Debug, Clone)]
pub struct AgreedChannel {
    name: String,
}

impl AgreedChannel {
    /// One that rules call by this name.
    pub fn new(name: &str) -> Self {
        AgreedChannel {
            name: name.to_owned(),
        }
    }
}

impl Channel for AgreedChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        "agreed"
    }

    fn send<'a>(&'a self, _notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        let why = "a password that was made for one mail is not one that is agreed";
        Box::pin(async move { Err(Trouble::Never(why.into())) })
    }
}

//! Recipients to whom no way leads with a password, and what the sender of a mail that waits for that says of them.
//!
//! Leaves to others: finding them (`notify::router`), asking (`notify::memo` and the page), sending (`gateway`).

use super::Decision;
use crate::mail::Address;
use serde::{Deserialize, Serialize};

/// Somebody whose password has no way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreached {
    /// Who.
    pub recipient: Address,
    /// The ways that a telephone number would open, by names of channels.
    pub by_phone: Vec<String>,
    /// The sender can be told it.
    pub by_sender: bool,
    /// Policy lets the sender do without a password.
    pub by_link: bool,
    /// What the sender has said, if he has.
    pub given: Option<Given>,
}

/// How somebody gets a password, in his sender's words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Given {
    /// By text message to this number, in international form.
    Number(String),
    /// The sender gets it, and passes it on.
    Sender,
    /// None: whoever has the link opens it.
    Link,
}

impl Unreached {
    /// There is something to choose.
    pub fn is_open(&self) -> bool {
        !self.by_phone.is_empty() || self.by_sender || self.by_link
    }
}

impl Given {
    /// Makes it so. What policy does not allow is not done, whoever says it.
    pub fn guide(&self, decision: &mut Decision) {
        let options = &mut decision.options;
        match self {
            Given::Number(number) => {
                options.phone = Some(number.clone());
                options.phone_is_own = true;
            }
            Given::Sender => options.password_via = vec!["sender".to_owned()],
            Given::Link if options.link_allowed => options.unlock = super::Unlock::Link,
            Given::Link => {}
        }
    }
}

/// Numbers are not for logs.
impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Given::Number(_) => "Number(…)",
            Given::Sender => "Sender",
            Given::Link => "Link",
        })
    }
}

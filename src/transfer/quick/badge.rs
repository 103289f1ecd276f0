//! A badge: what a browser shows to be a device of a mailbox, in a cookie of its own for each mailbox.
//!
//! Promises: a badge that was given out to be set up says so, until it was used; so one that was taken from a device is never given to
//! another. The browser has it before anything is done with it: an answer that is lost costs nothing. One that takes the place of a device's
//! that was silent too long brings that along, as it still opens what came in its time.

use crate::transfer::DeviceSecret;

/// Some mailbox's token in some browser.
#[derive(Debug, Clone)]
pub struct Badge {
    /// [`super::CircleId::mark`].
    pub mark: String,
    /// By which the device is known.
    pub token: DeviceSecret,
    /// It was given out for a browser that is to be set up.
    pub fresh: bool,
    /// What the browser had before.
    pub before: Option<DeviceSecret>,
}

impl Badge {
    /// A new one, for a browser that is to be set up for this mailbox, and has this.
    pub fn fresh(mark: String, before: Option<&Badge>) -> Self {
        Badge {
            mark,
            token: DeviceSecret::fresh(),
            fresh: true,
            before: before.map(|badge| badge.token.clone()),
        }
    }

    /// The same, of a device: there is nothing else to be known.
    pub fn settled(&self) -> Self {
        Badge {
            fresh: false,
            before: None,
            ..self.clone()
        }
    }

    /// What may open something.
    pub fn tokens(&self) -> impl Iterator<Item = &DeviceSecret> {
        [&self.token].into_iter().chain(&self.before)
    }
}

//! Whether the client that gave us a mail is still there, and whether it has heard our answer.
//!
//! It decides what the same mail means when it comes once more: from a client that heard "taken" it is another mail, from one that went
//! away before it could hear it is the same again. Promises: what is said first stays; who says nothing is gone when the session ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const WAITS: u8 = 0;
const HEARD: u8 = 1;
const GONE: u8 = 2;

/// One client's attention to one mail. Clones are about the same.
#[derive(Debug, Clone, Default)]
pub struct Attention(Arc<AtomicU8>);

impl Attention {
    /// It went on after the answer: it has heard it.
    pub fn heard(&self) {
        self.set(HEARD);
    }

    /// It went away, or may have.
    pub fn gone(&self) {
        self.set(GONE);
    }

    /// It waits for the answer, or has heard it.
    pub fn is_there(&self) -> bool {
        self.0.load(Ordering::Acquire) != GONE
    }

    fn set(&self, state: u8) {
        // Err: it was decided before.
        let _ = self
            .0
            .compare_exchange(WAITS, state, Ordering::AcqRel, Ordering::Acquire);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_first_stays() {
        let (heard, gone) = (Attention::default(), Attention::default());
        assert!(heard.is_there() && gone.is_there());
        heard.heard();
        heard.gone();
        gone.gone();
        gone.heard();
        assert!(heard.is_there() && !gone.is_there());
    }
}

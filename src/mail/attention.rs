//! Whether the client that gave us a mail is still there, and whether it has heard our answer.
//!
//! It decides what the same mail means when it comes once more: from a client that heard "taken" it is another mail, from one that went
//! away before it could hear it is the same again. Promises: what is said first stays; who says nothing is gone when the session ends,
//! when its connection is closed, or ten seconds after the answer (a network that broke says nothing at all).

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

const WAITS: u8 = 0;
const HEARD: u8 = 1;
const GONE: u8 = 2;

/// A client that has its answer goes on or hangs up at once.
const SILENCE: Duration = Duration::from_secs(10);

/// One client's attention to one mail. Clones are about the same.
#[derive(Debug, Clone, Default)]
pub struct Attention(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: AtomicU8,
    answered: OnceLock<Instant>,
    /// Not kept alive: it closes with its session.
    connection: Option<Weak<dyn Connection>>,
}

/// What a client hears us by.
pub trait Connection: fmt::Debug + Send + Sync {
    /// False as soon as the other side has closed it, even if nobody has read so far.
    fn is_open(&self) -> bool;
}

impl Attention {
    /// Of a client whose connection can be looked at while the session is busy with its mail.
    pub fn by(connection: Option<&Arc<dyn Connection>>) -> Attention {
        Attention(Arc::new(Inner {
            connection: connection.map(Arc::downgrade),
            ..Inner::default()
        }))
    }

    /// The answer is on its way.
    pub fn answered(&self) {
        let _ = self.0.answered.set(Instant::now());
    }

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
        if self.is_away() {
            self.gone();
        }
        self.0.state.load(Ordering::Acquire) != GONE
    }

    fn is_away(&self) -> bool {
        let Inner {
            answered,
            connection,
            ..
        } = &*self.0;
        let is_silent = |since: &Instant| since.elapsed() > SILENCE;
        let is_open = |c: &Weak<dyn Connection>| c.upgrade().is_some_and(|c| c.is_open());
        answered.get().is_some_and(is_silent) || connection.as_ref().is_some_and(|c| !is_open(c))
    }

    fn set(&self, state: u8) {
        // Err: it was decided before.
        let _ = self
            .0
            .state
            .compare_exchange(WAITS, state, Ordering::AcqRel, Ordering::Acquire);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

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

    #[test]
    fn who_is_silent_after_the_answer_has_not_heard_it() {
        let long_ago = Instant::now().checked_sub(SILENCE * 2).expect("it runs");
        let (silent, went_on) = (Attention::default(), Attention::default());
        for attention in [&silent, &went_on] {
            attention.0.answered.set(long_ago).expect("once");
        }
        went_on.heard();
        assert!(!silent.is_there() && went_on.is_there());
        let just_now = Attention::default();
        just_now.answered();
        assert!(just_now.is_there());
    }

    #[derive(Debug)]
    struct Wire(AtomicBool);

    impl Connection for Wire {
        fn is_open(&self) -> bool {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn a_closed_connection_counts_as_soon_as_somebody_asks_unless_the_answer_was_heard() {
        let wire = Arc::new(Wire(AtomicBool::new(true)));
        let connection: Arc<dyn Connection> = wire.clone();
        let by = || Attention::by(Some(&connection));
        let (waits, heard, over) = (by(), by(), by());
        heard.heard();
        assert!(waits.is_there() && heard.is_there());
        wire.0.store(false, Ordering::SeqCst);
        assert!(!waits.is_there() && heard.is_there());
        wire.0.store(true, Ordering::SeqCst);
        assert!(over.is_there());
        drop((wire, connection));
        assert!(!over.is_there(), "its session has ended");
    }
}

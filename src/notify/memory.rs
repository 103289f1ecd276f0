//! A channel in memory: remembers what it was given, and fails as it was told to. For tests and trials.

use super::{Channel, Trouble};
use crate::Pending;
use crate::transfer::Notice;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Remembers notices. Clones share what they remember.
#[derive(Debug, Clone)]
pub struct MemoryChannel {
    name: String,
    kind: &'static str,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    sent: Vec<Notice>,
    troubles: VecDeque<Trouble>,
}

impl MemoryChannel {
    /// One that plays a channel of this kind.
    pub fn new(name: &str, kind: &'static str) -> Self {
        MemoryChannel {
            name: name.to_owned(),
            kind,
            shared: Arc::default(),
        }
    }

    /// The next try fails like this; called again, the one after it.
    pub fn fail(&self, trouble: Trouble) {
        self.lock().troubles.push_back(trouble);
    }

    /// What was sent so far, in order.
    pub fn sent(&self) -> Vec<Notice> {
        self.lock().sent.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Channel for MemoryChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        self.kind
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        Box::pin(async {
            let mut shared = self.lock();
            if let Some(trouble) = shared.troubles.pop_front() {
                return Err(trouble);
            }
            shared.sent.push(notice.clone());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::notice;
    use super::*;
    use crate::transfer::Destination;

    #[tokio::test]
    async fn it_fails_as_often_as_it_was_told() {
        let channel = MemoryChannel::new("x", "sms");
        channel.fail(Trouble::Later("busy".into()));
        let notice = notice(Destination::Operator);
        assert!(channel.send(&notice).await.is_err());
        assert!(channel.send(&notice).await.is_ok());
        assert_eq!(channel.sent(), [notice]);
    }
}

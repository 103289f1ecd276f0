//! How much a client may take of us, in time and number; and the count of those who are here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The limits of a listener. The defaults are RFC 5321 section 4.5.3.2 where it says something.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Sessions at once.
    pub sessions: usize,
    /// Sessions at once from one address.
    pub sessions_per_client: usize,
    /// TLS handshakes at once: they cost processor time before we know anything of the client.
    pub handshakes: usize,
    /// Recipients of one mail.
    pub recipients: usize,
    /// How long the next command may take.
    pub command: Duration,
    /// How long the next block of content may take.
    pub data_block: Duration,
    /// How long the next block may take behind what is no end of the content but is taken for one by some.
    pub odd_end: Duration,
    /// How long a TLS handshake may take, and a PROXY header.
    pub handshake: Duration,
    /// Content slower than this after `rate_after`, in bytes a second, ends the session.
    pub slowest: u64,
    /// See `slowest`.
    pub rate_after: Duration,
    /// Lines that are no commands, until we hang up.
    pub junk: u32,
    /// Logins that are refused, until we hang up.
    pub logins: u32,
    /// How long a client waits to hear that its login is refused: against guessing.
    pub login_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            sessions: 1000,
            sessions_per_client: 50,
            handshakes: 32,
            recipients: 1000,
            command: Duration::from_secs(300),
            data_block: Duration::from_secs(180),
            odd_end: Duration::from_secs(2),
            handshake: Duration::from_secs(10),
            slowest: 500,
            rate_after: Duration::from_secs(60),
            junk: 3,
            logins: 3,
            login_pause: Duration::from_secs(2),
        }
    }
}

/// Who is here, by address.
#[derive(Debug, Default)]
pub(super) struct Guests {
    by_address: Mutex<HashMap<IpAddr, usize>>,
}

/// One session's place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    guests: Arc<Guests>,
    address: IpAddr,
}

impl Guests {
    /// A place for this address, unless `most` are taken by it.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<Place> {
        let mut counts = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place {
            guests: self.clone(),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self
            .guests
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_session_ends() {
        let guests = Arc::new(Guests::default());
        let here = IpAddr::from([127, 0, 0, 1]);
        let (first, second) = (guests.admit(here, 2), guests.admit(here, 2));
        assert!(first.is_some() && second.is_some());
        assert!(guests.admit(here, 2).is_none());
        assert!(guests.admit(IpAddr::from([127, 0, 0, 2]), 2).is_some());
        drop(first);
        assert!(guests.admit(here, 2).is_some());
        drop(second);
        assert!(guests.by_address.lock().expect("not poisoned").is_empty());
    }
}

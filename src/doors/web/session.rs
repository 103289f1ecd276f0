//! Sessions: what a browser has open, known by a cookie.
//!
//! Promises: the table knows cookies only by their hash and transfer keys only sealed under a key derived from the cookie, so that the
//! memory of the table alone opens nothing; each unlock makes a new cookie (fixation, T88) and takes along what was open; a transfer closes
//! after 15 minutes without a request, and after an hour in any case. A bounded number is kept; the longest idle goes first.
//! Fails: never; a session that cannot be found is none.

use crate::gateway::collect::{Opened, Visit};
use crate::mail::id::random;
use crate::transfer::cipher;
use crate::transfer::keys::{Key, TransferKey, hkdf};
use crate::transfer::{DeviceSecret, TransferId};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A transfer nobody asked for in this time closes.
pub const IDLE: Duration = Duration::from_secs(15 * 60);
/// It closes in any case after this time.
pub const HARD: Duration = Duration::from_secs(60 * 60);
/// Open transfers of all browsers together.
const MOST: usize = 20_000;
/// Open transfers of one browser.
const MOST_EACH: usize = 50;

/// What a browser shows to be known again: 256 random bits. Prints as `…`, wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Cookie([u8; 32]);

/// All sessions of this process.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<[u8; 32], Rooms>>);

type Rooms = HashMap<TransferId, Open>;

/// One open transfer of one browser.
#[derive(Debug)]
struct Open {
    since: Instant,
    seen: Instant,
    visit: Arc<Visit>,
    key: Vec<u8>,
}

impl Cookie {
    /// Reads the value of a cookie: 64 hexadecimal digits.
    pub fn read(text: &str) -> Option<Self> {
        let digit = |b: &u8| char::from(*b).to_digit(16).map(|d| d as u8);
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let bytes = pairs
            .iter()
            .map(|[high, low]| Some(digit(high)? << 4 | digit(low)?))
            .collect::<Option<Vec<u8>>>()?;
        match rest {
            [] => Some(Cookie(bytes.try_into().ok()?)),
            _ => None,
        }
    }

    /// For the `Set-Cookie` field only.
    pub fn expose(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The cookie of a browser that is known.
    pub fn of_device(device: &DeviceSecret) -> Self {
        Cookie(*device.expose())
    }

    /// What it says, for the cookie of a browser that is known.
    pub fn device(&self) -> DeviceSecret {
        DeviceSecret::from_bytes(self.0)
    }

    /// By which it is known here: its hash.
    pub fn name(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    fn key(&self) -> Key {
        hkdf(&self.0, b"", b"cloakroom/session/1")
    }
}

impl Sessions {
    /// Something was unlocked: a new cookie, under which the browser finds it and what it had open before.
    pub fn open(&self, before: Option<&Cookie>, opened: Opened, now: Instant) -> Cookie {
        let cookie = Cookie(random());
        let mut all = self.locked();
        sweep(&mut all, now);
        let mut rooms = Rooms::new();
        if let Some(before) = before {
            for (id, mut room) in all.remove(&before.name()).unwrap_or_default() {
                if let Some(key) = unseal(before, id, &room.key) {
                    room.key = seal(&cookie, id, &key);
                    rooms.insert(id, room);
                }
            }
        }
        let id = opened.visit.id();
        let key = seal(&cookie, id, &opened.key);
        let visit = opened.visit;
        rooms.insert(
            id,
            Open {
                since: now,
                seen: now,
                visit,
                key,
            },
        );
        if rooms.len() > MOST_EACH {
            forget_oldest(&mut rooms);
        }
        all.insert(cookie.name(), rooms);
        cookie
    }

    /// An open transfer of this browser.
    pub fn find(
        &self,
        cookie: &Cookie,
        id: TransferId,
        now: Instant,
    ) -> Option<(Arc<Visit>, TransferKey)> {
        let mut all = self.locked();
        let rooms = all.get_mut(&cookie.name())?;
        let room = rooms.get_mut(&id)?;
        if room.is_over(now) {
            rooms.remove(&id);
            return None;
        }
        room.seen = now;
        Some((room.visit.clone(), unseal(cookie, id, &room.key)?))
    }

    /// Closes one. True if the browser has nothing else open.
    pub fn close(&self, cookie: &Cookie, id: TransferId) -> bool {
        let mut all = self.locked();
        let Some(rooms) = all.get_mut(&cookie.name()) else {
            return true;
        };
        rooms.remove(&id);
        let empty = rooms.is_empty();
        if empty {
            all.remove(&cookie.name());
        }
        empty
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<[u8; 32], Rooms>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.seen) > IDLE
            || now.saturating_duration_since(self.since) > HARD
    }
}

/// Drops what is over, and the session longest idle if there still are too many.
fn sweep(all: &mut HashMap<[u8; 32], Rooms>, now: Instant) {
    all.retain(|_, rooms| {
        rooms.retain(|_, room| !room.is_over(now));
        !rooms.is_empty()
    });
    if all.len() >= MOST {
        let idle = |rooms: &Rooms| rooms.values().map(|room| room.seen).max();
        let oldest = all.iter().min_by_key(|(_, rooms)| idle(rooms));
        if let Some(name) = oldest.map(|(name, _)| *name) {
            all.remove(&name);
        }
    }
}

fn forget_oldest(rooms: &mut Rooms) {
    let oldest = rooms.iter().min_by_key(|(_, room)| room.seen);
    if let Some(id) = oldest.map(|(id, _)| *id) {
        rooms.remove(&id);
    }
}

fn seal(cookie: &Cookie, id: TransferId, key: &TransferKey) -> Vec<u8> {
    cipher::seal(&cookie.key(), id.as_bytes(), key.expose())
}

fn unseal(cookie: &Cookie, id: TransferId, sealed: &[u8]) -> Option<TransferKey> {
    let plain = cipher::open(&cookie.key(), id.as_bytes(), sealed).ok()?;
    let plain = zeroize::Zeroizing::new(plain);
    Some(TransferKey::from_bytes(plain[..].try_into().ok()?))
}

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::LinkId;

    fn opened(id: TransferId, key: u8) -> Opened {
        Opened {
            visit: Arc::new(Visit::new(id, (0, LinkId([0; 32])), Arc::default())),
            key: TransferKey::from_bytes([key; 32]),
            device: None,
            quick: None,
        }
    }

    fn key_of(sessions: &Sessions, cookie: &Cookie, id: TransferId, now: Instant) -> Option<u8> {
        sessions
            .find(cookie, id, now)
            .map(|(_, key)| key.expose()[0])
    }

    #[test]
    fn a_second_unlock_makes_a_new_cookie_and_keeps_what_was_open() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let (a, b) = (TransferId::fresh(), TransferId::fresh());
        let first = sessions.open(None, opened(a, 1), now);
        let second = sessions.open(Some(&first), opened(b, 2), now);
        assert_ne!(first.expose(), second.expose());
        assert_eq!(key_of(&sessions, &second, a, now), Some(1));
        assert_eq!(key_of(&sessions, &second, b, now), Some(2));
        assert_eq!(
            key_of(&sessions, &first, a, now),
            None,
            "the old one is dead"
        );
        assert!(!sessions.close(&second, a));
        assert!(sessions.close(&second, b));
        assert_eq!(key_of(&sessions, &second, b, now), None);
    }

    #[test]
    fn a_cookie_of_somebody_elses_making_opens_nothing() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let planted = Cookie([7; 32]);
        let id = TransferId::fresh();
        let real = sessions.open(Some(&planted), opened(id, 1), now);
        assert_ne!(real.expose(), planted.expose());
        assert_eq!(key_of(&sessions, &planted, id, now), None);
    }

    #[test]
    fn a_session_ends_when_nobody_asks_and_after_an_hour() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let id = TransferId::fresh();
        let cookie = sessions.open(None, opened(id, 1), start);
        let minutes = |n: u64| start + Duration::from_secs(60 * n);
        for at in [14, 28, 42, 56] {
            assert_eq!(key_of(&sessions, &cookie, id, minutes(at)), Some(1), "{at}");
        }
        assert_eq!(key_of(&sessions, &cookie, id, minutes(61)), None);
        let cookie = sessions.open(None, opened(id, 1), start);
        assert_eq!(key_of(&sessions, &cookie, id, minutes(16)), None);
    }

    #[test]
    fn a_cookie_is_read_back_and_prints_as_nothing() {
        let cookie = Cookie(random());
        let text = cookie.expose();
        assert_eq!(text.len(), 64);
        assert_eq!(Cookie::read(&text).expect("a cookie").0, cookie.0);
        assert_eq!(format!("{cookie:?}"), "…");
        for wrong in [
            "",
            "00",
            &text[1..],
            &format!("{text}0"),
            &text.replace(&text[..1], "x"),
        ] {
            assert!(Cookie::read(wrong).is_none(), "{wrong}");
        }
    }
}

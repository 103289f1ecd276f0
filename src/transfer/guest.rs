//! A guest: somebody who proved an address by a code, in one browser, and may write to people inside for thirty days.
//!
//! Life: pending (a code is on its way to the address) → guest → over. A code has eight digits, ten minutes and five tries, and belongs to
//! the browser that asked for it (T97): of a hundred million codes a stranger tries five, and each further code costs a mail of the few
//! that one address and one network get.
//! Promises: what is kept of cookie and code are HMACs under a key of their own, the code's over cookie, address and end; a try
//! counts before anybody knows whether it was right; the book of people that a guest wrote to has an end in number and time.
//! Leaves to others: keeping (`store`), limits and mails (`gateway::guests`), the cookie's field (`doors::web`).

use super::code::Code;
use super::device::{DeviceId, DeviceSecret};
use super::keys::MasterKey;
use crate::mail::id::random;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// How long a code is good, in seconds.
pub const CODE_FOR: i64 = 10 * 60;

/// How long a browser is known after its code, in seconds. Using it does not make it longer.
pub const KNOWN_FOR: i64 = 30 * 86_400;

/// How long it is remembered after that whose browser it was, in seconds: no longer proof of anything, but enough to have a code sent there.
pub const HELD_FOR: i64 = 30 * 86_400;

/// A book that nobody uses is erased after so many seconds.
pub const BOOK_FOR: i64 = 30 * 86_400;

const DIGITS: u32 = 8;
const TRIES: u32 = 5;
/// Browsers of one address; the one that would be forgotten first goes for a new one.
const BROWSERS: usize = 10;
/// People in one book; who was written to longest ago goes for a new one.
const PEOPLE: usize = 50;

/// What somebody came to do: prefilled in the link they followed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// To whom.
    pub to: Vec<String>,
    /// About what, one line.
    pub subject: String,
}

/// A code that was sent, or one that never was: nobody sees which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Whose.
    pub address: String,
    /// How they call themselves.
    pub name: Option<String>,
    /// What they came to do.
    pub wish: Wish,
    /// The language of their pages.
    pub language: String,
    /// It is good before this Unix time in seconds.
    pub until: i64,
    left: u32,
    hash: [u8; 32],
}

/// A proven address, in one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// The address.
    pub address: String,
    /// How they call themselves; nothing proves it.
    pub name: Option<String>,
    /// The language of their pages.
    pub language: String,
    /// When the code was entered: Unix time, seconds.
    pub proven: i64,
}

/// What is kept of one address, whatever browser it is used in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// Its browsers, and when each is forgotten.
    browsers: Vec<([u8; 32], i64)>,
    /// Whom it wrote to, the latest first.
    people: Vec<String>,
    /// When it wrote last: Unix time, seconds.
    used: i64,
}

/// Under which the store finds what it keeps of a browser that waits for a code.
pub fn waiting_name(secret: &DeviceSecret, master: &MasterKey) -> DeviceId {
    name(secret, master, b"pending\0")
}

/// Under which the store finds the guest of a browser.
pub fn guest_name(secret: &DeviceSecret, master: &MasterKey) -> DeviceId {
    name(secret, master, b"guest\0")
}

fn name(secret: &DeviceSecret, master: &MasterKey, what: &[u8]) -> DeviceId {
    let mut mac = keyed(master);
    mac.update(what);
    mac.update(secret.expose());
    DeviceId(mac.finalize().into_bytes().into())
}

fn keyed(master: &MasterKey) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(&*master.guest()).expect("HMAC takes a key of any length")
}

impl Pending {
    /// A new code for a browser, and what is kept of it. `now`: Unix time, seconds.
    pub fn issue(
        guest: Guest,
        wish: Wish,
        browser: &DeviceId,
        master: &MasterKey,
        now: i64,
    ) -> (Self, Code) {
        let (code, until) = (Code::fresh(DIGITS), now.saturating_add(CODE_FOR));
        let mut pending = Pending {
            address: guest.address,
            name: guest.name,
            wish,
            language: guest.language,
            until,
            left: TRIES,
            hash: [0; 32],
        };
        let mac = pending.mac(&code, browser, master);
        pending.hash = mac.finalize().into_bytes().into();
        (pending, code)
    }

    /// It is sent to nobody: no code is right. Whoever waits for it sees no difference.
    pub fn deaden(&mut self) {
        self.hash = random();
    }

    /// True if it can be tried at `now` (Unix time, seconds).
    pub fn stands(&self, now: i64) -> bool {
        self.left > 0 && self.until > now
    }

    /// How many tries are left.
    pub fn left(&self) -> u32 {
        self.left
    }

    /// One try: counted in any case. True if it was right; then it is used up.
    pub fn spend(&mut self, typed: &str, browser: &DeviceId, master: &MasterKey, now: i64) -> bool {
        if !self.stands(now) {
            return false;
        }
        self.left -= 1;
        let mac = self.mac(&Code::typed(typed), browser, master);
        let right = mac.verify_slice(&self.hash).is_ok();
        self.left = if right { 0 } else { self.left };
        right
    }

    /// Who it proves to be here, from `now` on (Unix time, seconds).
    pub fn guest(&self, now: i64) -> Guest {
        Guest {
            address: self.address.clone(),
            name: self.name.clone(),
            language: self.language.clone(),
            proven: now,
        }
    }

    fn mac(&self, code: &Code, browser: &DeviceId, master: &MasterKey) -> Hmac<Sha256> {
        let mut mac = keyed(master);
        mac.update(b"code\0");
        mac.update(&browser.0);
        mac.update(&self.until.to_be_bytes());
        mac.update(code.expose().as_bytes());
        mac.update(b"\0");
        mac.update(self.address.as_bytes());
        mac
    }
}

impl Guest {
    /// When the proof ends: Unix time, seconds.
    pub fn until(&self) -> i64 {
        self.proven.saturating_add(KNOWN_FOR)
    }

    /// When the browser is forgotten: Unix time, seconds.
    pub fn held_until(&self) -> i64 {
        self.until().saturating_add(HELD_FOR)
    }
}

impl Book {
    /// Notes a browser; gives those that must go for it.
    pub fn admit(&mut self, browser: &DeviceId, until: i64, now: i64) -> Vec<DeviceId> {
        self.browsers.retain(|(_, end)| *end > now);
        self.browsers.push((browser.0, until));
        self.browsers
            .sort_by_key(|(_, end)| std::cmp::Reverse(*end));
        let gone = self.browsers.len().min(BROWSERS);
        let gone = self.browsers.split_off(gone);
        gone.into_iter().map(|(id, _)| DeviceId(id)).collect()
    }

    /// A browser is forgotten.
    pub fn forget(&mut self, browser: &DeviceId) {
        self.browsers.retain(|(id, _)| *id != browser.0);
    }

    /// Somebody was written to.
    pub fn wrote(&mut self, to: &[String], now: i64) {
        for one in to.iter().rev() {
            self.people.retain(|known| !known.eq_ignore_ascii_case(one));
            self.people.insert(0, one.clone());
        }
        self.people.truncate(PEOPLE);
        self.used = now;
    }

    /// Whom it wrote to, the latest first; nobody once the book was not used for too long.
    pub fn people(&self, now: i64) -> &[String] {
        match self.used.saturating_add(BOOK_FOR) > now {
            true => &self.people,
            false => &[],
        }
    }

    /// Forgets everybody.
    pub fn empty(&mut self) {
        self.people.clear();
    }

    /// Takes out what is over at `now` (Unix time, seconds). True if nothing is left.
    pub fn tidy(&mut self, now: i64) -> bool {
        self.browsers.retain(|(_, end)| *end > now);
        self.people = self.people(now).to_vec();
        self.browsers.is_empty() && self.people.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn guest() -> Guest {
        Guest {
            address: "bo@partner.example".into(),
            name: None,
            language: "en".into(),
            proven: NOW,
        }
    }

    fn browser(n: u8) -> DeviceId {
        DeviceId([n; 32])
    }

    /// T97 (W-code): digits, time, tries, browser.
    #[test]
    fn t97_a_code_has_eight_digits_ten_minutes_five_tries_and_one_browser() {
        let master = MasterKey::fresh();
        let issue = || Pending::issue(guest(), Wish::default(), &browser(1), &master, NOW);
        let (pending, code) = issue();
        let code = code.expose();
        assert!(code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(pending.until, NOW + 600);
        let spaced = format!("{} {}", &code[..4], &code[4..]);
        let mut right = pending.clone();
        assert!(right.spend(&spaced, &browser(1), &master, NOW + 599));
        assert!(!right.spend(code, &browser(1), &master, NOW), "once");
        let mut late = pending.clone();
        assert!(!late.spend(code, &browser(1), &master, NOW + 600));
        let mut elsewhere = pending.clone();
        assert!(!elsewhere.spend(code, &browser(2), &master, NOW));
        assert_eq!(elsewhere.left(), 4);
        let other = MasterKey::fresh();
        assert!(!pending.clone().spend(code, &browser(1), &other, NOW));
        let mut renamed = pending.clone();
        renamed.address = "eve@evil.example".into();
        assert!(!renamed.spend(code, &browser(1), &master, NOW));
        let mut guessed = pending.clone();
        for left in (0..5).rev() {
            assert!(!guessed.spend("x", &browser(1), &master, NOW));
            assert_eq!(guessed.left(), left);
        }
        assert!(!guessed.spend(code, &browser(1), &master, NOW), "no sixth");
        assert!(!guessed.stands(NOW));
    }

    #[test]
    fn a_code_that_was_sent_to_nobody_opens_nothing() {
        let master = MasterKey::fresh();
        let issued = Pending::issue(guest(), Wish::default(), &browser(1), &master, NOW);
        let (mut pending, code) = issued;
        pending.deaden();
        assert!(pending.stands(NOW));
        assert!(!pending.spend(code.expose(), &browser(1), &master, NOW));
        assert_eq!(pending.left(), TRIES - 1);
    }

    #[test]
    fn a_code_and_a_cookie_are_neither_printed_nor_kept() {
        let (master, secret) = (MasterKey::fresh(), DeviceSecret::fresh());
        let browser = waiting_name(&secret, &master);
        let (pending, code) = Pending::issue(guest(), Wish::default(), &browser, &master, NOW);
        assert_eq!(format!("{code:?}"), "…");
        let kept = postcard::to_allocvec(&(pending, browser.0)).expect("serialises");
        let holds = |what: &[u8]| kept.windows(what.len()).any(|w| w == what);
        assert!(!holds(code.expose().as_bytes()) && !holds(secret.expose()));
        assert_ne!(browser, guest_name(&secret, &master));
        assert_ne!(browser, waiting_name(&secret, &MasterKey::fresh()));
    }

    #[test]
    fn a_book_has_fifty_people_ten_browsers_and_an_end() {
        let mut book = Book::default();
        for n in 0..60 {
            book.wrote(&[format!("p{n}@example.org")], NOW + n);
        }
        book.wrote(&["P20@example.org".into()], NOW + 60);
        assert_eq!(book.people(NOW + 60).len(), 50);
        assert_eq!(
            book.people(NOW + 60)[..2],
            ["P20@example.org", "p59@example.org"]
        );
        assert_eq!(book.people(NOW + 60 + BOOK_FOR), [""; 0]);
        for n in 0..10 {
            assert_eq!(book.admit(&browser(n), NOW + 100 + i64::from(n), NOW), []);
        }
        assert_eq!(book.admit(&browser(99), NOW + 500, NOW), [browser(0)]);
        book.forget(&browser(99));
        assert!(!book.tidy(NOW + BOOK_FOR));
        assert!(book.tidy(NOW + 60 + BOOK_FOR));
        assert_eq!(book.browsers, []);
    }
}

//! A code: six digits that the page sends to the recipient's own mailbox, which open the link once, within a quarter of an hour.
//!
//! Promises: what is kept of a code is an HMAC under a key of its own, over transfer, ticket and end: neither the store nor a copy of it
//! tells a code, and one ticket's code is no other's. All codes that stand are good, so that a slow mail or a stranger who asks
//! again takes nobody's code away; the first that is entered ends them all. So few are sent that nobody's mailbox can be filled.
//! Leaves to others: counting wrong ones (`gateway::collect`), keeping them (`store`), the mail (`notify::code`).

use super::TransferId;
use super::keys::MasterKey;
use crate::mail::id::random;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How long a code is good, in seconds.
pub const VALID: i64 = 15 * 60;

/// So many digits it has.
const DIGITS: u32 = 6;

/// How many are sent for one ticket in an hour.
const PER_HOUR: usize = 3;

/// How many are sent for one ticket in a day.
const PER_DAY: usize = 10;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Some digits. Prints as `…`, wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Code(String);

/// What a code belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The transfer.
    pub transfer: &'a TransferId,
    /// The number of the ticket in it.
    pub ticket: u32,
    /// For the HMAC's key.
    pub master: &'a MasterKey,
}

/// A new code and when it ends: a Unix time in seconds.
#[derive(Debug)]
pub struct Issued {
    /// For the mail only.
    pub code: Code,
    /// It is good before this time.
    pub until: i64,
}

/// What is kept of one ticket's codes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    /// When they were sent, in the last day: Unix times in seconds, the oldest first.
    sent: Vec<i64>,
    standing: Vec<Mark>,
}

/// What is kept of one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    until: i64,
    hash: [u8; 32],
}

impl Code {
    /// At most nine digits.
    pub(super) fn fresh(digits: u32) -> Self {
        // 2^64 is so much more than all codes that none is likelier than another.
        let number = u64::from_be_bytes(random()) % 10u64.pow(digits);
        Code(format!("{number:0width$}", width = digits as usize))
    }

    /// As a person typed it: spaces and dashes do not count.
    pub(super) fn typed(text: &str) -> Self {
        let counts = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}');
        Code(text.chars().filter(counts).collect())
    }

    /// To show it to the one it is for. The mail is the only caller.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Place<'_> {
    fn mac(&self, code: &Code, until: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.master.code())
            .expect("HMAC takes a key of any length");
        mac.update(&self.transfer.context());
        mac.update(&self.ticket.to_be_bytes());
        mac.update(&until.to_be_bytes());
        mac.update(code.0.as_bytes());
        mac
    }
}

impl Codes {
    /// Makes one, good from `now` (Unix time, seconds). If too many were sent: not before the time that is given back.
    pub fn issue(&mut self, place: Place<'_>, now: i64) -> Result<Issued, i64> {
        self.sent.retain(|at| now.saturating_sub(*at) < DAY);
        self.standing.retain(|mark| mark.until > now);
        if let Some(again) = self.full_until(now) {
            return Err(again);
        }
        let (code, until) = (Code::fresh(DIGITS), now.saturating_add(VALID));
        self.sent.push(now);
        self.standing.push(Mark {
            until,
            hash: place.mac(&code, until).finalize().into_bytes().into(),
        });
        Ok(Issued { code, until })
    }

    /// It certainly reached nobody: as if it had never been made.
    pub fn withdraw(&mut self, place: Place<'_>, issued: &Issued) {
        self.standing
            .retain(|mark| !mark.fits(place, &issued.code) || mark.until != issued.until);
        let made = issued.until.saturating_sub(VALID);
        if let Some(at) = self.sent.iter().position(|at| *at == made) {
            self.sent.remove(at);
        }
    }

    /// True if what was typed is a code that stands at `now` (Unix time, seconds); then none stands any more.
    pub fn spend(&mut self, place: Place<'_>, typed: &str, now: i64) -> bool {
        let typed = Code::typed(typed);
        let fits = |mark: &&Mark| mark.until > now && mark.fits(place, &typed);
        // All of them are compared, whichever fits: so the time tells nothing.
        let right = self.standing.iter().filter(fits).count() > 0;
        if right {
            self.standing.clear();
        }
        right
    }

    /// Until when the latest of those that stand at `now` is good.
    pub fn stands_until(&self, now: i64) -> Option<i64> {
        let ends = self.standing.iter().map(|mark| mark.until);
        ends.filter(|until| *until > now).max()
    }

    /// True if nothing of it matters any more at `now`.
    pub fn is_over(&self, now: i64) -> bool {
        let old = |at: &i64| now.saturating_sub(*at) >= DAY;
        self.stands_until(now).is_none() && self.sent.iter().all(old)
    }

    fn full_until(&self, now: i64) -> Option<i64> {
        let limits = [(PER_HOUR, HOUR), (PER_DAY, DAY)];
        let full = limits.iter().filter_map(|(most, time)| {
            let first = self.sent.len().checked_sub(*most)?;
            let free = self.sent.get(first)?.saturating_add(*time);
            (free > now).then_some(free)
        });
        full.max()
    }
}

impl Mark {
    fn fits(&self, place: Place<'_>, code: &Code) -> bool {
        let mac = place.mac(code, self.until);
        mac.verify_slice(&self.hash).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    struct Desk {
        transfer: TransferId,
        master: MasterKey,
    }

    impl Desk {
        fn new() -> Self {
            Desk {
                transfer: TransferId::fresh(),
                master: MasterKey::fresh(),
            }
        }

        fn place(&self, ticket: u32) -> Place<'_> {
            Place {
                transfer: &self.transfer,
                ticket,
                master: &self.master,
            }
        }
    }

    #[test]
    fn a_code_opens_once_and_in_its_time_only() {
        let (desk, mut codes) = (Desk::new(), Codes::default());
        let issued = codes.issue(desk.place(0), NOW).expect("the first");
        let code = issued.code.expose();
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(issued.until, NOW + VALID);
        assert_eq!(codes.stands_until(NOW), Some(issued.until));
        assert!(!codes.clone().spend(desk.place(0), code, NOW + VALID));
        assert_eq!(codes.stands_until(NOW + VALID), None);
        let spaced = format!(" {}-{} ", &code[..3], &code[3..]);
        assert!(codes.spend(desk.place(0), &spaced, NOW + VALID - 1));
        assert!(!codes.spend(desk.place(0), code, NOW + VALID - 1), "once");
    }

    #[test]
    fn a_code_belongs_to_its_ticket_transfer_and_master_key() {
        let (desk, strange, mut codes) = (Desk::new(), Desk::new(), Codes::default());
        let issued = codes.issue(desk.place(0), NOW).expect("the first");
        let code = issued.code.expose();
        let others = [
            desk.place(1),
            Place {
                transfer: &strange.transfer,
                ..desk.place(0)
            },
            Place {
                master: &strange.master,
                ..desk.place(0)
            },
        ];
        for other in others {
            assert!(!codes.spend(other, code, NOW), "{other:?}");
        }
        for wrong in ["", "12345", &format!("{code}0"), &code[1..]] {
            assert!(!codes.spend(desk.place(0), wrong, NOW), "{wrong}");
        }
        assert!(codes.spend(desk.place(0), code, NOW));
    }

    #[test]
    fn three_an_hour_and_ten_a_day_are_sent() {
        let (desk, mut codes) = (Desk::new(), Codes::default());
        let mut sent = Vec::new();
        for minute in 0..24 * 60 {
            if codes.issue(desk.place(0), NOW + minute * 60).is_ok() {
                sent.push(minute);
            }
        }
        assert_eq!(sent, [0, 1, 2, 60, 61, 62, 120, 121, 122, 180]);
        let full = codes.issue(desk.place(0), NOW + 200 * 60);
        assert_eq!(full.expect_err("full"), NOW + DAY);
        assert!(codes.issue(desk.place(0), NOW + DAY).is_ok());
        assert!(!codes.is_over(NOW + 2 * DAY - 1) && codes.is_over(NOW + 2 * DAY));
    }

    #[test]
    fn a_later_code_leaves_the_one_before_it_good_and_the_first_that_is_used_ends_both() {
        let (desk, mut codes) = (Desk::new(), Codes::default());
        let first = codes.issue(desk.place(0), NOW).expect("the first");
        let second = codes.issue(desk.place(0), NOW + 60).expect("the second");
        assert!(codes.spend(desk.place(0), first.code.expose(), NOW + 61));
        assert!(!codes.spend(desk.place(0), second.code.expose(), NOW + 61));
    }

    #[test]
    fn a_code_that_reached_nobody_does_not_count() {
        let (desk, mut codes) = (Desk::new(), Codes::default());
        for _ in 0..20 {
            let issued = codes.issue(desk.place(0), NOW).expect("never full");
            codes.withdraw(desk.place(0), &issued);
        }
        assert_eq!(codes, Codes::default());
    }

    #[test]
    fn a_code_is_neither_printed_nor_kept() {
        let (desk, mut codes) = (Desk::new(), Codes::default());
        let issued = codes.issue(desk.place(0), NOW).expect("the first");
        assert!(format!("{issued:?}").contains('…'));
        let kept = postcard::to_allocvec(&codes).expect("serialises");
        let code = issued.code.expose().as_bytes();
        assert!(!kept.windows(6).any(|six| six == code));
    }
}

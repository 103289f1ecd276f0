//! Guests: people outside who write to people inside without having been sent anything. They prove an address first, by a code.
//!
//! ask (a code goes to the address) → enter (the browser is known for thirty days) → write, on the same desk as answers ([`super::writing`]).
//! Promises: nobody writes without a proven address, and to nobody but addresses of our own domains that the operator's patterns mean
//! (T95); whoever asks for a code gets one answer, after the same work, whether the address may write, was sent enough codes, or does not
//! exist; a code goes to one address five times an hour, to one network twenty times, to its neighbourhood a hundred, to all together five
//! hundred, counted on disk before anybody hears (T97); what sends nothing uses up nothing of all; whoever had proven an address has a
//! few codes to it that strangers cannot use up.
//! Leaves to others: cookies and pages (`doors::web`), what is durable (`store`), sending (`notify`, [`super::writing`]).
//! Fails with `Fault`: the store does not answer. A next hop that does not take the code is in the log alone.

mod recipients;

pub use recipients::{MOST_TO, Misaddressed, named};

use super::collect::{aside, now};
use super::writing::{Author, Writing};
use crate::fault::Fault;
use crate::mail::network::Network;
use crate::mail::visible::visible_line;
use crate::mail::{Address, Whom};
use crate::maillog;
use crate::notify::post::{Letter, Post};
use crate::notify::{guest, wording};
use crate::store::{Allowance, Store, Tried};
use crate::texts::{House, Texts};
use crate::transfer::draft::Origin;
use crate::transfer::guest::{guest_name, waiting_name};
use crate::transfer::{DeviceSecret, Guest, Pending, Wish};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Longest name, in characters.
const NAME: usize = 60;
/// Longest subject, in characters.
pub const SUBJECT: usize = 150;

/// Codes that are on their way to the next hop at once (P18).
const AT_ONCE: usize = 16;
/// No try lasts longer: a next hop that answers no sooner would take the places of all other codes, and who asked asks again.
const LONGEST_TRY: Duration = Duration::from_secs(60);

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const CODES_TO_ONE: u32 = 5;
const CODES_TO_ONE_A_DAY: u32 = 10;
const CODES_FROM_NETWORK: u32 = 20;
const CODES_FROM_NEIGHBOURS: u32 = 100;
/// For browsers in which the address was proven, whatever others use up.
const CODES_TO_OWNER: u32 = 3;
const CODES_TO_OWNER_A_DAY: u32 = 6;
const CODES_TO_ALL: u32 = 500;

/// Who may write to whom.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Who may be written to, of our own domains; nobody said: all.
    pub to: Vec<Whom>,
    /// Who may not write.
    pub from_deny: Vec<Whom>,
    /// Whom somebody wrote to is kept, to propose it.
    pub address_book: bool,
}

/// The line for guests. One for all doors.
pub struct Guests {
    store: Arc<Store>,
    post: Post,
    house: Arc<House>,
    texts: Arc<Texts>,
    writing: Arc<Writing>,
    rules: Rules,
    turns: Arc<Semaphore>,
}

/// What a browser shows that asks for a code.
#[derive(Debug, Default)]
pub struct Browser {
    /// The code it has waited for; another takes its place.
    pub waiting: Option<DeviceSecret>,
    /// The address that was proven in it, even if that is over.
    pub guest: Option<DeviceSecret>,
}

/// What came of asking for a code.
#[derive(Debug)]
pub enum Asked {
    /// The browser that has this may enter it. Nobody hears whether there is one.
    Sent(DeviceSecret),
    /// Too many from there, or from everybody: none before so many seconds.
    TooMany(i64),
}

/// What came of a code that was typed.
#[derive(Debug)]
pub enum Entered {
    /// The browser that has this may write.
    Right(DeviceSecret, Wish),
    /// So many tries are left.
    Wrong(u32),
    /// Nothing was typed; not counted.
    Empty,
    /// There is none that could be tried.
    Over,
}

impl Guests {
    /// `post` sends what the texts say; `writing` takes what is written.
    pub fn new(
        store: Arc<Store>,
        post: Post,
        (house, texts): (Arc<House>, Arc<Texts>),
        writing: Arc<Writing>,
        rules: Rules,
    ) -> Self {
        Guests {
            store,
            post,
            house,
            texts,
            writing,
            rules,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Where they write.
    pub fn writing(&self) -> &Arc<Writing> {
        &self.writing
    }

    /// Sends a code to an address. What strangers typed is cut to one short line.
    pub async fn ask(
        self: &Arc<Self>,
        address: Address,
        (name, wish): (&str, Wish),
        language: &str,
        client: Option<IpAddr>,
        browser: Browser,
    ) -> Result<Asked, Fault> {
        let Ok(turn) = self.turns.clone().try_acquire_owned() else {
            let line = self.clone();
            aside(move || line.tell_full("at once", "", now())).await?;
            return Ok(Asked::TooMany(10));
        };
        let name = wording::name(name, NAME);
        let guest = Guest {
            address: address.to_string(),
            name: Some(name).filter(|name| !name.is_empty()),
            language: language.to_owned(),
            proven: 0,
        };
        let (line, to) = (self.clone(), address.clone());
        let begun = aside(move || line.begin(guest, to, wish, client, &browser)).await?;
        let (secret, letter) = match begun {
            Ok(begun) => begun,
            Err(wait) => return Ok(Asked::TooMany(wait)),
        };
        let line = self.clone();
        // Beside the answer, which comes as soon to those whom nothing is sent.
        tokio::spawn(async move {
            let _turn = turn;
            if let Some(letter) = letter {
                line.dispatch(letter, client).await;
            }
        });
        Ok(Asked::Sent(secret))
    }

    /// Counts, and keeps the code. The letter, if it may be sent.
    fn begin(
        &self,
        guest: Guest,
        to: Address,
        wish: Wish,
        client: Option<IpAddr>,
        browser: &Browser,
    ) -> Result<Result<(DeviceSecret, Option<Letter>), i64>, Fault> {
        let now = now();
        let owns = self.owns(browser, &to, now)?;
        if !owns && let Err(wait) = self.admit(client, now)? {
            return Ok(Err(wait));
        }
        let may = self.may_write(&to);
        let sends = may && owns || self.has_room(may, &to, now)?;
        let (secret, master) = (DeviceSecret::fresh(), self.store.master());
        let name = waiting_name(&secret, master);
        let (mut pending, code) = Pending::issue(guest, tidy(wish), &name, master, now);
        if !sends {
            pending.deaden();
        }
        let before = browser.waiting.as_ref();
        let before = before.map(|before| waiting_name(before, master));
        let kept = (&pending, !sends);
        if !self.store.put_pending(&name, before.as_ref(), kept)? {
            self.tell_full("waiting", "", now)?;
            return Ok(Err(HOUR));
        }
        let words = (&*self.texts, &*self.house);
        let letter = guest::letter(words, to.clone(), (&pending, &code), client, now);
        let result = match (may, sends) {
            (_, true) => return Ok(Ok((secret, Some(letter)))),
            (true, false) => "enough",
            (false, _) => "denied",
        };
        maillog::guest_code(&pending.address, client, result, None);
        Ok(Ok((secret, None)))
    }

    /// True if the address was proven in this browser, and it has codes of its own left: takes one.
    fn owns(&self, browser: &Browser, to: &Address, now: i64) -> Result<bool, Fault> {
        let Some(secret) = &browser.guest else {
            return Ok(false);
        };
        let name = guest_name(secret, self.store.master());
        let held = self.store.held_guest(&name, now)?;
        let theirs = held.and_then(|guest| guest.address.parse::<Address>().ok());
        let is = |theirs: Address| theirs.untagged().same_mailbox(&to.untagged());
        if !theirs.is_some_and(is) {
            return Ok(false);
        }
        let whose = self.store.name_of(&to.untagged());
        let own = [
            per("codes to its owner", &whose, CODES_TO_OWNER, HOUR),
            per(
                "codes to its owner, a day",
                &whose,
                CODES_TO_OWNER_A_DAY,
                DAY,
            ),
        ];
        Ok(self.store.allow(&own, now)?.is_ok())
    }

    /// Counts whoever asks; `Err`: so many seconds until they may. Of what all have nothing is taken yet.
    fn admit(&self, client: Option<IpAddr>, now: i64) -> Result<Result<(), i64>, Fault> {
        let (near, around) = (network(client, 24, 56), network(client, 16, 32));
        let here = [
            per("codes from", near.as_bytes(), CODES_FROM_NETWORK, HOUR),
            per(
                "codes from around",
                around.as_bytes(),
                CODES_FROM_NEIGHBOURS,
                HOUR,
            ),
        ];
        for (one, what, from) in [
            (&here[0], "network", &*near),
            (&here[1], "neighbours", &*around),
            (&everybodys(), "all", ""),
        ] {
            let wait = self.store.wait_for(one, 1, now)?;
            if wait > 0 {
                self.tell_full(what, from, now)?;
                return Ok(Err(wait));
            }
        }
        self.store.allow(&here, now)
    }

    /// Takes a code of those that an address and all together have. Where none is to be sent, as much is written for nobody: the time is
    /// the same.
    fn has_room(&self, may: bool, to: &Address, now: i64) -> Result<bool, Fault> {
        let whose = self.store.name_of(&to.untagged());
        let one = [
            per("codes to", &whose, CODES_TO_ONE, HOUR),
            per("codes to, a day", &whose, CODES_TO_ONE_A_DAY, DAY),
            everybodys(),
        ];
        let has = may && self.store.allow(&one, now)?.is_ok();
        if !has {
            let nobodys = ["codes to nobody", "…, a day", "…, of all"];
            let nobodys = nobodys.map(|what| per(what, b"", u32::MAX, HOUR));
            self.store.allow(&nobodys, now)?.ok();
        }
        Ok(has)
    }

    /// Tells the log of a limit that is reached, once an hour.
    fn tell_full(&self, what: &str, from: &str, now: i64) -> Result<(), Fault> {
        let whose = format!("{what} {from}");
        if (self
            .store
            .allow(&[per("told", whose.as_bytes(), 1, HOUR)], now)?)
        .is_ok()
        {
            maillog::guest_limit(what, from);
        }
        Ok(())
    }

    async fn dispatch(&self, letter: Letter, client: Option<IpAddr>) {
        let to = letter.to.to_string();
        match timeout(LONGEST_TRY, self.post.send(letter)).await {
            Ok(Err(trouble)) => {
                maillog::guest_code(&to, client, "failed", Some(&trouble.to_string()));
            }
            // Unknown counts as sent: the mail may have left.
            Ok(Ok(())) | Err(_) => maillog::guest_code(&to, client, "sent", None),
        }
    }

    /// What a browser waits for, if it can still be entered.
    pub async fn waits(self: &Arc<Self>, secret: DeviceSecret) -> Result<Option<Pending>, Fault> {
        let line = self.clone();
        aside(move || {
            let browser = waiting_name(&secret, line.store.master());
            let pending = line.store.pending(&browser)?;
            Ok(pending.filter(|pending| pending.stands(now())))
        })
        .await
    }

    /// One try of a code. A right one ends what the browser had by `before`.
    pub async fn enter(
        self: &Arc<Self>,
        (secret, before): (DeviceSecret, Option<DeviceSecret>),
        typed: String,
        client: Option<IpAddr>,
    ) -> Result<Entered, Fault> {
        if typed.trim().is_empty() {
            return Ok(Entered::Empty);
        }
        let line = self.clone();
        aside(move || line.tried((&secret, before.as_ref()), &typed, client)).await
    }

    fn tried(
        &self,
        (secret, before): (&DeviceSecret, Option<&DeviceSecret>),
        typed: &str,
        client: Option<IpAddr>,
    ) -> Result<Entered, Fault> {
        let (fresh, now, master) = (DeviceSecret::fresh(), now(), self.store.master());
        let browser = waiting_name(secret, master);
        let (fresh_name, before) = (
            guest_name(&fresh, master),
            before.map(|before| guest_name(before, master)),
        );
        let names = (&fresh_name, before.as_ref());
        let mut address = String::new();
        let tried = self.store.try_pending(&browser, names, now, |pending| {
            address.clone_from(&pending.address);
            pending.spend(typed, &browser, master, now)
        })?;
        Ok(match tried {
            Tried::Right(found) => {
                maillog::guest(&address, client, None);
                Entered::Right(fresh, found.1)
            }
            Tried::Wrong(left) => {
                maillog::guest(&address, client, Some(left));
                Entered::Wrong(left)
            }
            Tried::Over => Entered::Over,
        })
    }

    /// Who uses a browser, and whom they wrote to; `None` if nobody has proven anything there, or may not write any more.
    pub async fn guest(
        self: &Arc<Self>,
        secret: DeviceSecret,
    ) -> Result<Option<(Guest, Vec<String>)>, Fault> {
        let line = self.clone();
        aside(move || {
            let browser = guest_name(&secret, line.store.master());
            let found = line.store.guest(&browser, now())?;
            let may = |guest: &Guest| guest.address.parse().is_ok_and(|a| line.may_write(&a));
            let Some(guest) = found.filter(may) else {
                return Ok(None);
            };
            let people = match line.rules.address_book {
                true => line.store.book(&guest.address)?.people(now()).to_vec(),
                false => Vec::new(),
            };
            Ok(Some((guest, people)))
        })
        .await
    }

    /// Forgets a browser.
    pub async fn forget(self: &Arc<Self>, secret: DeviceSecret) -> Result<(), Fault> {
        let line = self.clone();
        aside(move || {
            let browser = guest_name(&secret, line.store.master());
            line.store.forget_guest(&browser)
        })
        .await
    }

    /// Forgets whom somebody wrote to.
    pub async fn empty_book(self: &Arc<Self>, guest: Guest) -> Result<(), Fault> {
        let line = self.clone();
        aside(move || line.store.change_book(&guest.address, |book| book.empty())).await
    }

    fn may_write(&self, address: &Address) -> bool {
        let untagged = address.untagged();
        let is = |whom: &Whom| whom.means(address) || whom.means(&untagged);
        let denied = self.rules.from_deny.iter().any(is);
        !denied && !address.domain().is_empty() && !address.is_literal()
    }
}

impl fmt::Debug for Guests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guests")
    }
}

/// Who writes, when a guest does. `owner`: SHA-256 of the cookie.
pub fn author(guest: Guest, owner: [u8; 32]) -> Author {
    let untagged = guest
        .address
        .parse::<Address>()
        .map(|a| a.untagged().to_string());
    let mailbox = untagged.unwrap_or_else(|_| guest.address.clone());
    Author {
        origin: Origin::Address(mailbox.to_lowercase()),
        owner,
        who: guest.address,
        name: guest.name,
        proven: Some(guest.proven),
        language: guest.language,
        allowed: Vec::new(),
        subject: String::new(),
        thread: None,
    }
}

/// As short as it may be, on one line.
pub fn one_line(text: &str) -> String {
    visible_line(text).chars().take(SUBJECT).collect()
}

/// A wish as it is kept: whatever a link says, it is short.
pub fn tidy(wish: Wish) -> Wish {
    let to = named(&wish.to).filter(|to| to.parse::<Address>().is_ok());
    Wish {
        to: to.take(MOST_TO).map(str::to_owned).collect(),
        subject: one_line(&wish.subject),
    }
}

/// Where somebody comes from, so many bits of it; whose address is not known stands for themselves.
fn network(client: Option<IpAddr>, v4: u8, v6: u8) -> String {
    client.map_or_else(String::new, |client| {
        Network::around(client, v4, v6).to_string()
    })
}

/// What is left of all codes.
fn everybodys() -> Allowance<'static> {
    per("codes", b"", CODES_TO_ALL, HOUR)
}

fn per<'a>(what: &'a str, whose: &'a [u8], most: u32, within: i64) -> Allowance<'a> {
    Allowance {
        what,
        whose,
        most,
        within,
    }
}

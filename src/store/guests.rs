//! Guests: codes that are on their way, browsers that proved an address, and whom an address wrote to.
//!
//! Promises: a try of a code is counted on disk before anybody hears whether it was right, and a right one makes the guest in the same
//! change, so that a code is used once and a crash gives no try back (T97); the number of browsers has a bound, for one address and for
//! all; what is over is erased. Leaves to others: what codes and books are (`transfer::guest`), who may ask (`gateway::guests`).

use super::backend::Table;
use super::counts::Held;
use super::values::Change;
use super::{Store, fault};
use crate::fault::Fault;
use crate::mail::Address;
use crate::transfer::{Book, DeviceId, Guest, Pending, Wish};
use std::collections::HashMap;

/// Browsers of all guests together; and codes that are waited for.
const MOST: usize = 20_000;
/// Of the codes, so many places are never taken by those that nobody gets.
const FOR_THE_LIVING: usize = 5_000;
/// Browsers of one domain, so that whoever owns one pushes out no others.
const MOST_OF_DOMAIN: usize = 500;
/// So many go at once where all are too many: to find who goes, all are read.
const GO: usize = 200;

/// What came of a code that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It was right: this is who uses the browser now, and what they came to do.
    Right(Box<(Guest, Wish)>),
    /// It was wrong; so many tries are left.
    Wrong(u32),
    /// There is none that could be tried.
    Over,
}

impl Store {
    /// Keeps a code for a browser, in place of the one that `before` waits for. False if far too many wait already, of which those that were
    /// sent to nobody (`dead`) leave room for the others.
    pub fn put_pending(
        &self,
        browser: &DeviceId,
        before: Option<&DeviceId>,
        (pending, dead): (&Pending, bool),
    ) -> Result<bool, Fault> {
        let most = if dead { MOST - FOR_THE_LIVING } else { MOST };
        let all = self.pendings()?;
        if all.look(|many| *many >= most) {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        let before = match before {
            Some(before) if self.values.raw(Table::GuestCodes, &before.0)?.is_some() => {
                change.remove(Table::GuestCodes, &before.0)?;
                1
            }
            _ => 0,
        };
        change.create(Table::GuestCodes, &browser.0, pending)?;
        all.commit(change, |many| *many = (*many + 1).saturating_sub(before))?;
        Ok(true)
    }

    /// What a browser waits for.
    pub fn pending(&self, browser: &DeviceId) -> Result<Option<Pending>, Fault> {
        self.values.get(Table::GuestCodes, &browser.0)
    }

    /// Tries a code: `check` counts the try and says whether it was right. A right one makes a guest of the browser that is called `fresh`
    /// from then on, and no more by the name `before`. Where guests are too many, those that end first go for it. Durable when this returns.
    pub fn try_pending(
        &self,
        browser: &DeviceId,
        (fresh, before): (&DeviceId, Option<&DeviceId>),
        now: i64,
        check: impl FnOnce(&mut Pending) -> bool,
    ) -> Result<Tried, Fault> {
        let _alone = self.turns.alone(&browser.0);
        let Some(mut pending) = self.pending(browser)?.filter(|one| one.stands(now)) else {
            return Ok(Tried::Over);
        };
        let right = check(&mut pending);
        let mut change = Change::new(&self.values);
        if !right {
            change.replace(Table::GuestCodes, &browser.0, &pending)?;
            change.commit().map_err(fault)?;
            return Ok(match pending.left() {
                0 => Tried::Over,
                left => Tried::Wrong(left),
            });
        }
        let guest = pending.guest(now);
        let name = self.book_key(&guest.address);
        let _book = self.turns.alone(&name);
        let mut book = self.book(&guest.address)?;
        let (codes, all) = (self.pendings()?, self.guests()?);
        let mut gone = book.admit(fresh, guest.until(), now);
        gone.extend(before.cloned());
        gone.extend(self.crowded_out(&all, &guest)?);
        let gone = self.domains_of(gone)?;
        for browser in gone.keys() {
            book.forget(&DeviceId(*browser));
            change.remove(Table::Guests, browser)?;
        }
        change.remove(Table::GuestCodes, &browser.0)?;
        change.create(Table::Guests, &fresh.0, &guest)?;
        change.replace(Table::GuestBooks, &name, &book)?;
        let counted = |all: &mut HashMap<String, usize>| {
            *all.entry(domain_of(&guest)).or_default() += 1;
            gone.values().for_each(|domain| one_less(all, domain));
        };
        codes.with(
            || all.commit(change, counted),
            |many| *many = many.saturating_sub(1),
        )?;
        Ok(Tried::Right(Box::new((guest, pending.wish))))
    }

    /// Who uses this browser, if the proof still holds at `now` (Unix time, seconds).
    pub fn guest(&self, browser: &DeviceId, now: i64) -> Result<Option<Guest>, Fault> {
        let held = self.held_guest(browser, now)?;
        Ok(held.filter(|guest| guest.until() > now))
    }

    /// Whose browser this is or was, if that is not forgotten at `now` (Unix time, seconds): also when the proof is over.
    pub fn held_guest(&self, browser: &DeviceId, now: i64) -> Result<Option<Guest>, Fault> {
        let guest: Option<Guest> = self.values.get(Table::Guests, &browser.0)?;
        Ok(guest.filter(|guest| guest.held_until() > now))
    }

    /// Forgets a browser.
    pub fn forget_guest(&self, browser: &DeviceId) -> Result<(), Fault> {
        let Some(guest) = self.values.get::<Guest>(Table::Guests, &browser.0)? else {
            return Ok(());
        };
        let name = self.book_key(&guest.address);
        let _book = self.turns.alone(&name);
        let mut book = self.book(&guest.address)?;
        book.forget(browser);
        let mut change = Change::new(&self.values);
        let all = self.guests()?;
        change.remove(Table::Guests, &browser.0)?;
        change.replace(Table::GuestBooks, &name, &book)?;
        all.commit(change, |all| one_less(all, &domain_of(&guest)))
    }

    /// Whom an address wrote to.
    pub fn book(&self, address: &str) -> Result<Book, Fault> {
        let key = self.book_key(address);
        Ok(self
            .values
            .get(Table::GuestBooks, &key)?
            .unwrap_or_default())
    }

    /// Changes it; durable when this returns.
    pub fn change_book(&self, address: &str, change: impl FnOnce(&mut Book)) -> Result<(), Fault> {
        let name = self.book_key(address);
        let _book = self.turns.alone(&name);
        let mut book = self.book(address)?;
        change(&mut book);
        let mut batch = Change::new(&self.values);
        batch.replace(Table::GuestBooks, &name, &book)?;
        batch.commit().map_err(fault)
    }

    /// Erases what is over at `now` (Unix time, seconds), and what cannot be read, as it is of use to nobody.
    pub fn erase_guests(&self, now: i64) -> Result<(), Fault> {
        self.erase_all(Table::GuestCodes, |key, value| {
            let read = self.values.open::<Pending>(Table::GuestCodes, key, value);
            read.is_ok_and(|pending| pending.until > now)
        })?;
        self.erase_all(Table::Guests, |key, value| {
            let read = self.values.open::<Guest>(Table::Guests, key, value);
            read.is_ok_and(|guest| guest.held_until() > now)
        })?;
        self.counts.codes.forget();
        self.counts.guests.forget();
        self.tidy_books(now)
    }

    fn erase_all(&self, table: Table, stays: impl Fn(&[u8], &[u8]) -> bool) -> Result<(), Fault> {
        let mut over = Vec::new();
        self.each_raw(table, |key, value| {
            if !stays(key, value) {
                over.push(key.to_vec());
            }
            Ok(())
        })?;
        for some in over.chunks(200) {
            let mut change = Change::new(&self.values);
            for key in some {
                change.remove(table, key)?;
            }
            change.commit().map_err(fault)?;
        }
        Ok(())
    }

    fn tidy_books(&self, now: i64) -> Result<(), Fault> {
        let mut old = Vec::new();
        self.each_raw(Table::GuestBooks, |key, value| {
            let book: Result<Book, Fault> = self.values.open(Table::GuestBooks, key, value);
            let tidy = |mut book: Book| {
                book.clone() == {
                    book.tidy(now);
                    book
                }
            };
            if !book.is_ok_and(tidy) {
                old.push(key.to_vec());
            }
            Ok(())
        })?;
        old.iter().try_for_each(|key| self.tidy_book(key, now))
    }

    /// Looked at again: it may have been used meanwhile.
    fn tidy_book(&self, name: &[u8], now: i64) -> Result<(), Fault> {
        let _book = self.turns.alone(name);
        let raw = self.values.raw(Table::GuestBooks, name)?;
        let mut book = match &raw {
            Some(raw) => self.book_in(name, raw)?,
            None => Book::default(),
        };
        let mut change = Change::new(&self.values);
        match book.tidy(now) {
            true => change.remove(Table::GuestBooks, name)?,
            false => change.replace(Table::GuestBooks, name, &book)?,
        }
        change.commit().map_err(fault)
    }

    /// An empty one if it can never be read; a disk that does not answer now says nothing about it.
    fn book_in(&self, name: &[u8], raw: &[u8]) -> Result<Book, Fault> {
        let spilled = self.values.spill_of(Table::GuestBooks, name, raw);
        match self.values.open(Table::GuestBooks, name, raw) {
            Err(fault) if matches!(spilled, Ok(Some(_))) => Err(fault),
            read => Ok(read.unwrap_or_default()),
        }
    }

    fn pendings(&self) -> Result<Held<'_, usize>, Fault> {
        self.counts.codes.hold(|| {
            let mut many = 0;
            self.each_raw(Table::GuestCodes, |_, _| {
                many += 1;
                Ok(())
            })?;
            Ok(many)
        })
    }

    fn guests(&self) -> Result<Held<'_, HashMap<String, usize>>, Fault> {
        self.counts.guests.hold(|| {
            let mut all = HashMap::new();
            self.each_guest(|_, guest| *all.entry(domain_of(&guest)).or_default() += 1)?;
            Ok(all)
        })
    }

    /// What cannot be read is nobody's and goes with the next upkeep.
    fn each_guest(&self, mut each: impl FnMut(DeviceId, Guest)) -> Result<(), Fault> {
        self.each_raw(Table::Guests, |key, value| {
            let read = self.values.open::<Guest>(Table::Guests, key, value);
            if let (Ok(guest), Ok(name)) = (read, key.try_into()) {
                each(DeviceId(name), guest);
            }
            Ok(())
        })
    }

    /// Who goes for one more guest: those that end first, of the same domain if it has its share, of all if there are too many.
    fn crowded_out(
        &self,
        all: &Held<'_, HashMap<String, usize>>,
        guest: &Guest,
    ) -> Result<Vec<DeviceId>, Fault> {
        let domain = domain_of(guest);
        let (ours, every) = all.look(|all| {
            let ours = all.get(&domain).copied().unwrap_or_default();
            (ours, all.values().sum::<usize>())
        });
        match () {
            () if ours >= MOST_OF_DOMAIN => self.first_to_end(|one| domain_of(one) == domain, 1),
            () if every >= MOST => self.first_to_end(|_| true, GO),
            () => Ok(Vec::new()),
        }
    }

    fn first_to_end(
        &self,
        among: impl Fn(&Guest) -> bool,
        many: usize,
    ) -> Result<Vec<DeviceId>, Fault> {
        let mut found = Vec::new();
        self.each_guest(|name, guest| {
            if among(&guest) {
                found.push((guest.until(), name));
            }
        })?;
        found.sort_by_key(|(until, _)| *until);
        let first = found.into_iter().take(many);
        Ok(first.map(|(_, name)| name).collect())
    }

    /// Those of them that there are, each once, with the domain that was proven there.
    fn domains_of(&self, browsers: Vec<DeviceId>) -> Result<HashMap<[u8; 32], String>, Fault> {
        let mut found = HashMap::new();
        for browser in browsers {
            if let Some(guest) = self.values.get::<Guest>(Table::Guests, &browser.0)? {
                found.insert(browser.0, domain_of(&guest));
            }
        }
        Ok(found)
    }

    /// The same for every way to write a mailbox.
    fn book_key(&self, address: &str) -> Vec<u8> {
        match address.parse::<Address>() {
            Ok(address) => self.name_of(&address),
            Err(_) => Vec::new(),
        }
    }
}

fn domain_of(guest: &Guest) -> String {
    let domain = guest.address.rsplit('@').next();
    domain.unwrap_or_default().to_lowercase()
}

fn one_less(all: &mut HashMap<String, usize>, domain: &str) {
    if let Some(many) = all.get_mut(domain) {
        *many = many.saturating_sub(1);
        if *many == 0 {
            all.remove(domain);
        }
    }
}

#[cfg(test)]
mod tests;

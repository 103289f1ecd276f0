//! Guests: codes that are on their way, browsers that proved an address, and whom an address wrote to.
//!
//! Promises: a try of a code is counted on disk before anybody hears whether it was right, and a right one makes the guest in the same
//! change, so that a code is used once and a crash gives no try back (T97); the number of browsers has a bound, for one address and for
//! all; what is over is erased. Leaves to others: what codes and books are (`transfer::guest`), who may ask (`gateway::guests`).

use super::backend::Table;
use super::values::Change;
use super::{Store, fault};
use crate::fault::Fault;
use crate::mail::Address;
use crate::transfer::{Book, DeviceId, Guest, Pending, Wish};

/// Browsers of all guests together; and codes that are waited for.
const MOST: usize = 20_000;

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
    /// Keeps a code for a browser, in place of the one that `before` waits for. False if far too many wait already.
    pub fn put_pending(
        &self,
        browser: &DeviceId,
        before: Option<&DeviceId>,
        pending: &Pending,
    ) -> Result<bool, Fault> {
        if self.is_crowded(Table::GuestCodes)? {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        if let Some(before) = before {
            change.remove(Table::GuestCodes, &before.0)?;
        }
        change.create(Table::GuestCodes, &browser.0, pending)?;
        change.commit().map_err(fault)?;
        Ok(true)
    }

    /// What a browser waits for.
    pub fn pending(&self, browser: &DeviceId) -> Result<Option<Pending>, Fault> {
        self.values.get(Table::GuestCodes, &browser.0)
    }

    /// Tries a code: `check` counts the try and says whether it was right. A right one makes a guest of the browser that is called `fresh`
    /// from then on. Durable when this returns.
    pub fn try_pending(
        &self,
        browser: &DeviceId,
        fresh: &DeviceId,
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
        for gone in book.admit(fresh, guest.until(), now) {
            change.remove(Table::Guests, &gone.0)?;
        }
        change.remove(Table::GuestCodes, &browser.0)?;
        change.create(Table::Guests, &fresh.0, &guest)?;
        change.replace(Table::GuestBooks, &name, &book)?;
        change.commit().map_err(fault)?;
        Ok(Tried::Right(Box::new((guest, pending.wish))))
    }

    /// Who uses this browser, if the proof still holds at `now` (Unix time, seconds).
    pub fn guest(&self, browser: &DeviceId, now: i64) -> Result<Option<Guest>, Fault> {
        let guest: Option<Guest> = self.values.get(Table::Guests, &browser.0)?;
        Ok(guest.filter(|guest| guest.until() > now))
    }

    /// True if there is no room for more browsers.
    pub fn guests_are_many(&self) -> Result<bool, Fault> {
        self.is_crowded(Table::Guests)
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
        change.remove(Table::Guests, &browser.0)?;
        change.replace(Table::GuestBooks, &name, &book)?;
        change.commit().map_err(fault)
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
            read.is_ok_and(|guest| guest.until() > now)
        })?;
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
        let book: Option<Book> = self.values.get(Table::GuestBooks, name).unwrap_or_default();
        let mut book = book.unwrap_or_default();
        let mut change = Change::new(&self.values);
        match book.tidy(now) {
            true => change.remove(Table::GuestBooks, name)?,
            false => change.replace(Table::GuestBooks, name, &book)?,
        }
        change.commit().map_err(fault)
    }

    fn is_crowded(&self, table: Table) -> Result<bool, Fault> {
        let all = self.values.backend.scan(table, b"", &[0xff; 33], MOST);
        Ok(all.map_err(fault)?.len() >= MOST)
    }

    /// The same for every way to write a mailbox.
    fn book_key(&self, address: &str) -> Vec<u8> {
        match address.parse::<Address>() {
            Ok(address) => self.name_of(&address),
            Err(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;

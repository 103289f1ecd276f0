//! Reports about what people outside wrote: whoever got it tells those who run this, with the link in the mail (T95).
//!
//! Promises: looking changes nothing (P14); a mail is reported once, whoever comes again; administrators get so many mails about reports in
//! a day and no more ([`A_DAY`]), the log has all of them. Nothing of what the mail says is in them.
//! Leaves to others: the page (`doors::web`), words (`notify`).
//! Fails with `Fault`: the store does not answer.

use super::collect::now;
use crate::fault::Fault;
use crate::mail::Address;
use crate::maillog;
use crate::store::{Allowance, Store};
use crate::transfer::memo::About;
use crate::transfer::{Arrival, Memo, abuse};
use std::fmt;
use std::sync::Arc;
use tokio::sync::Notify;

/// So many reports of a day become mails.
const A_DAY: u32 = 50;

/// The line for those who report. One for all doors.
pub struct Abuse {
    store: Arc<Store>,
    /// Rung when something is to be sent.
    bell: Arc<Notify>,
    admins: Vec<Address>,
}

impl Abuse {
    /// Over this store; `admins` are told, and `bell` wakes who sends.
    pub fn new(store: Arc<Store>, bell: Arc<Notify>, admins: Vec<Address>) -> Self {
        Abuse {
            store,
            bell,
            admins,
        }
    }

    /// What a link is about; `None` if it is nobody's, or nothing is known of its mail any more. Blocks.
    pub fn look(&self, token: &str) -> Result<Option<Arrival>, Fault> {
        let Some(mail) = abuse::read(self.store.master(), token) else {
            return Ok(None);
        };
        let found = self.store.arrival(mail)?;
        Ok(found.filter(|arrival| arrival.ends() >= now()))
    }

    /// Reports it, unless that was done; true if this did it, `None` if it is nobody's link. Blocks.
    pub fn report(&self, token: &str, because: Option<String>) -> Result<Option<bool>, Fault> {
        let Some(arrival) = self.look(token)? else {
            return Ok(None);
        };
        let mail = abuse::read(self.store.master(), token);
        let (Some(mail), None) = (mail, arrival.reported) else {
            return Ok(Some(false));
        };
        let now = now();
        let memos = self.memos(&arrival, because, now)?;
        let noted = self.store.report_arrival(mail, &memos, now)?;
        if noted {
            maillog::abuse(&arrival.mail, &arrival.who, memos.len());
            self.bell.notify_one();
        }
        Ok(Some(noted))
    }

    fn memos(
        &self,
        arrival: &Arrival,
        because: Option<String>,
        now: i64,
    ) -> Result<Vec<Memo>, Fault> {
        let daily = Allowance {
            what: "reported",
            whose: b"",
            most: A_DAY,
            within: 86_400,
        };
        if self.admins.is_empty() || self.store.allow(&[daily], now)?.is_err() {
            return Ok(Vec::new());
        }
        let about = About::Reported {
            arrival: arrival.clone(),
            because,
        };
        let what = format!("{}-reported", arrival.mail);
        let named = (what.as_str(), arrival.mail.as_str());
        Ok(Memo::to_admins(
            &self.admins,
            named,
            (now, arrival.at),
            &about,
        ))
    }
}

impl fmt::Debug for Abuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Abuse")
    }
}

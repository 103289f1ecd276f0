//! Whom a guest writes to: people of our own domains, whom the operator's patterns mean and whom the next hop takes mail for (T95).
//!
//! Which people inside exist is asked of the next hop only when a mail is sent, as a mail to nobody helps nobody, and a page that lists or
//! checks addresses before would be a book of addresses for harvesters. What it tells is what the mail server tells every mail
//! server, to one who proved a mailbox that can be blocked, sixty addresses a day; each that was refused is in the log.
//! Promises: each recipient stands on the draft as it was vetted; for whoever stands there nothing is asked or counted again; nothing is
//! for a draft that could not be sent anyway; one network does not use up what all have.
//! Leaves to others: who the guest is ([`super`]), sending it ([`crate::gateway::writing`]).

use super::super::collect::{aside, now};
use super::super::writing::Refusal;
use super::{Guests, network, one_line, per};
use crate::fault::Fault;
use crate::mail::Address;
use crate::mail::visible::visible_line;
use crate::maillog;
use crate::notify::post::mailbox;
use crate::transfer::DraftId;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// People that one mail goes to.
pub const MOST_TO: usize = 10;
/// So long a page waits for what the next hop says of recipients; then it goes on as if it had said nothing.
const PATIENCE: Duration = Duration::from_secs(20);

const DAY: i64 = 86_400;
/// Recipients that the next hop is asked about for one guest in a day.
const LOOKED_UP: u32 = 60;
/// … for one network in a day: 24 bits of IPv4, 48 of IPv6, which is what one house has.
const LOOKED_UP_FROM_NETWORK: u32 = 120;
/// … and of all together.
const LOOKED_UP_BY_ALL: u32 = 5_000;
/// Mails of all guests to one person inside in a day.
const TO_ONE: u32 = 100;

/// Why nothing goes to the people that were named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misaddressed {
    /// Nobody was named.
    Nobody,
    /// More than [`MOST_TO`].
    TooMany,
    /// This is no address, or nobody whom guests may write to.
    NotOurs(String),
    /// The next hop takes no mail for them.
    Unknown(String),
    /// Enough for today, for the guest or for one of the people.
    Enough,
    /// The draft is not there any more.
    Draft(Refusal),
}

impl Guests {
    /// Says on a draft whom it goes to, if it could be sent with the uploads in `keep`. Gives those whom it is sent to.
    pub async fn address(
        self: &Arc<Self>,
        (id, keep): (DraftId, &[u32]),
        (who, client): (&str, Option<IpAddr>),
        (to, subject): (&[String], &str),
    ) -> Result<Result<Vec<String>, Misaddressed>, Fault> {
        // A second press: nothing is asked or counted again.
        let draft = self.writing.draft(id).await?;
        if let Some(order) = draft.as_ref().and_then(|draft| draft.order()) {
            return Ok(Ok(order.to.clone()));
        }
        let people = match self.people(to) {
            Ok(people) => people,
            Err(wrong) => return Ok(Err(refuse(who, wrong))),
        };
        if let Err(refusal) = self.writing.could_leave(id, keep.to_vec()).await? {
            return Ok(Err(Misaddressed::Draft(refusal)));
        }
        let vetted = draft.map(|draft| draft.allowed).unwrap_or_default();
        let fresh = people.iter().filter(|one| !is_among(one, &vetted));
        let fresh: Vec<Address> = fresh.cloned().collect();
        if let Err(wrong) = self.vet(&fresh, who, client).await? {
            return Ok(Err(refuse(who, wrong)));
        }
        let to: Vec<String> = people.iter().map(Address::to_string).collect();
        let written = self.writing.address(id, to.clone(), one_line(subject));
        Ok(match written.await? {
            Ok(()) => Ok(to),
            Err(refusal) => Err(Misaddressed::Draft(refusal)),
        })
    }

    /// Asks the next hop about people, and counts it.
    async fn vet(
        self: &Arc<Self>,
        people: &[Address],
        who: &str,
        client: Option<IpAddr>,
    ) -> Result<Result<(), Misaddressed>, Fault> {
        if people.is_empty() {
            return Ok(Ok(()));
        }
        if !self.may_look_up(who, client, people.len()).await? {
            return Ok(Err(Misaddressed::Enough));
        }
        let refused = timeout(PATIENCE, self.post.refused(people)).await;
        let nobodies: Vec<String> = refused
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect();
        // All at once: who mistyped two of ten does not use up the look-ups of a day.
        if !nobodies.is_empty() {
            return Ok(Err(Misaddressed::Unknown(nobodies.join(", "))));
        }
        let may = self.may_get(people).await?;
        Ok(may.then_some(()).ok_or(Misaddressed::Enough))
    }

    /// Notes whom somebody wrote to. What cannot be noted is told to the log: the mail is on its way.
    pub async fn wrote(self: &Arc<Self>, who: String, to: Vec<String>) {
        if !self.rules.address_book {
            return;
        }
        let line = self.clone();
        let noted = aside(move || line.store.change_book(&who, |book| book.wrote(&to, now())));
        if let Err(fault) = noted.await {
            tracing::warn!(%fault, "whom a guest wrote to could not be noted");
        }
    }

    /// Those who are named, each once.
    fn people(&self, words: &[String]) -> Result<Vec<Address>, Misaddressed> {
        let mut people: Vec<Address> = Vec::new();
        for word in named(words) {
            let not_ours = || Misaddressed::NotOurs(visible_line(word));
            let address: Address = mailbox(word).1.parse().map_err(|_| not_ours())?;
            if !self.may_get_mail(&address) {
                return Err(not_ours());
            }
            if !people.iter().any(|known| known.same_mailbox(&address)) {
                people.push(address);
            }
        }
        // In the order of their names: which of them is refused first then says nothing about those that were typed before it.
        people.sort_by_key(Address::to_string);
        match people.len() {
            0 => Err(Misaddressed::Nobody),
            n if n > MOST_TO => Err(Misaddressed::TooMany),
            _ => Ok(people),
        }
    }

    async fn may_look_up(
        self: &Arc<Self>,
        who: &str,
        client: Option<IpAddr>,
        many: usize,
    ) -> Result<bool, Fault> {
        let Ok(who) = who.parse::<Address>() else {
            return Ok(false);
        };
        let (line, from) = (self.clone(), network(client, 24, 48));
        aside(move || {
            let whose = line.store.name_of(&who.untagged());
            let one = [
                per("looked up", &whose, LOOKED_UP, DAY),
                per(
                    "looked up from",
                    from.as_bytes(),
                    LOOKED_UP_FROM_NETWORK,
                    DAY,
                ),
                per("looked up by all", b"", LOOKED_UP_BY_ALL, DAY),
            ];
            let many = u32::try_from(many).unwrap_or(u32::MAX);
            Ok(line.store.allow_many(&one, many, now())?.is_ok())
        })
        .await
    }

    async fn may_get(self: &Arc<Self>, people: &[Address]) -> Result<bool, Fault> {
        let (line, people) = (self.clone(), people.to_vec());
        aside(move || {
            let whose: Vec<_> = people.iter().map(|to| line.store.name_of(to)).collect();
            let all: Vec<_> = whose
                .iter()
                .map(|w| per("mails to", w, TO_ONE, DAY))
                .collect();
            Ok(line.store.allow(&all, now())?.is_ok())
        })
        .await
    }

    /// Never outside, whatever the patterns say.
    fn may_get_mail(&self, address: &Address) -> bool {
        let to = &self.rules.to;
        let ours = self.house.domains.iter().any(|d| d == address.domain());
        ours && (to.is_empty() || to.iter().any(|whom| whom.means(address)))
    }
}

/// The addresses in what somebody typed or a link said, with commas or semicolons between.
pub fn named(words: &[String]) -> impl Iterator<Item = &str> {
    let all = words.iter().flat_map(|word| word.split([',', ';']));
    all.map(str::trim).filter(|word| !word.is_empty())
}

/// One who was vetted before.
fn is_among(one: &Address, vetted: &[String]) -> bool {
    let mut vetted = vetted.iter().filter_map(|to| to.parse::<Address>().ok());
    vetted.any(|known| known.same_mailbox(one))
}

fn refuse(who: &str, wrong: Misaddressed) -> Misaddressed {
    match &wrong {
        Misaddressed::NotOurs(to) => maillog::guest_refused(who, to, "not allowed"),
        Misaddressed::Unknown(to) => maillog::guest_refused(who, to, "refused by the next hop"),
        Misaddressed::Enough => maillog::guest_refused(who, "", "enough for today"),
        Misaddressed::Nobody | Misaddressed::TooMany | Misaddressed::Draft(_) => {}
    }
    wrong
}

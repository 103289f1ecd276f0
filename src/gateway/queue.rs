//! What an operator does with parcels: try them now, or drop them.
//!
//! Promises: durable when it returns, also where no gateway runs. Rings no bell: see [`super::Gateway::wake`].

use crate::fault::Fault;
use crate::mail::Address;
use crate::store::Store;
use crate::transfer::{Parcel, TransferId};
use jiff::Timestamp;

/// Records read at once.
const PAGE: usize = 64;

/// Makes a parcel due now, or all of them. Those it made due.
pub fn retry(store: &Store, id: Option<&str>) -> Result<Vec<Parcel>, Fault> {
    let now = Timestamp::now().as_second();
    let mut due = Vec::new();
    if let Some(id) = id {
        due.extend(retry_one(store, id, now)?);
        return Ok(due);
    }
    let mut after: Option<String> = None;
    loop {
        let page = store.parcels(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else {
            return Ok(due);
        };
        after = Some(last.id.clone());
        for parcel in &page {
            due.extend(retry_one(store, &parcel.id, now)?);
        }
    }
}

fn retry_one(store: &Store, id: &str, now: i64) -> Result<Option<Parcel>, Fault> {
    let changed = store.change_parcel(id, |parcel| {
        (!parcel.is_over()).then(|| {
            parcel.due = parcel.due.min(now);
            Vec::new()
        })
    })?;
    Ok(changed.and_then(|(parcel, changed)| changed.then_some(parcel)))
}

/// Drops a parcel: it is not tried any more. `bounce`: its sender gets a report, from the gateway that runs next; else nobody is told.
/// The parcel as it was, if there is one.
pub fn dismiss(store: &Store, id: &str, bounce: bool) -> Result<Vec<Parcel>, Fault> {
    let now = Timestamp::now().as_second();
    let mut was = None;
    store.change_parcel(id, |parcel| {
        if parcel.is_over() {
            return None;
        }
        was = Some(parcel.clone());
        match bounce {
            true => (parcel.dropped, parcel.due) = (true, parcel.due.min(now)),
            false => parcel.pending.clear(),
        }
        Some(Vec::new())
    })?;
    if let Some(parcel) = was.as_ref().filter(|_| !bounce) {
        forget_links(store, parcel)?;
    }
    Ok(was.into_iter().collect())
}

/// Links of those who will not have it stop leading anywhere.
fn forget_links(store: &Store, parcel: &Parcel) -> Result<(), Fault> {
    let Some(Ok(transfer)) = parcel.transfer.as_deref().map(str::parse::<TransferId>) else {
        return Ok(());
    };
    let whom: Vec<Address> = parcel
        .pending
        .iter()
        .map(|p| p.recipient.address.clone())
        .collect();
    store.unreachable(&transfer, &whom)
}

//! A draft that was sent becomes mail of ours: composed, its files in it or in a transfer with a link, kept as a parcel.
//!
//! Where there is a scanner it is scanned before ([`super::checking`]), and may never become one.
//! Promises: what its author heard is sent becomes ours in one change with the draft that it was, so that it is delivered once however
//! often this is begun; a transfer that a crash left without its mail goes before the next try. Whom it goes to are people inside:
//! the link alone opens what is too large for mail, as it lies in no other mailbox.
//! Leaves to others: trying the parcel ([`crate::gateway::delivery`]), whose end the log tells the operator and nobody else.
//! Fails: it is tried again, at first in the next round, later every ten minutes; the log says each time why.

use super::checking::{Checks, Finding};
use super::letter::Letter;
use super::quota::Quota;
use super::{Bounds, Writing};
use crate::fault::{Fault, Kind, crash};
use crate::gateway::preview::settled;
use crate::gateway::upkeep::complain;
use crate::gateway::{Gateway, heavy};
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::{
    Address, Content, Envelope, Intake, Lane, Mail, MailId, Recipient, Segment, Variant,
};
use crate::maillog;
use crate::notify::post;
use crate::parse;
use crate::seal::early::WhileReceiving;
use crate::store::Settlement;
use crate::transfer::draft::{Order, State};
use crate::transfer::{
    Action, Decision, Draft, DraftId, Early, Options, Parcel, Plan, Scope, TransferId, Unlock,
};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

/// Between two looks at what is to be delivered.
const ROUND: Duration = Duration::from_secs(20);
/// After so many failures in a row the wait between two tries is the longest.
const MOST_DOUBLINGS: u32 = 5;
/// Records read at once.
const PAGE: usize = 64;
/// A mail of this size goes through an intake that seals its files while they are written.
const LARGE: u64 = 1 << 20;

/// What deliveries need to know.
#[derive(Debug)]
pub(in crate::gateway) struct Written {
    /// Rings when something was sent.
    pub(in crate::gateway) bell: Arc<Notify>,
    /// Held by whoever delivers: nothing is delivered by two.
    turn: tokio::sync::Mutex<Failures>,
    bounds: std::sync::OnceLock<Bounds>,
    pub(super) checks: Arc<Checks>,
    /// Rings when it is known of something what becomes of it.
    pub(super) checked: Arc<Notify>,
}

impl Default for Written {
    fn default() -> Self {
        Written {
            bell: Arc::default(),
            turn: tokio::sync::Mutex::default(),
            bounds: std::sync::OnceLock::new(),
            checks: Arc::default(),
            checked: Arc::default(),
        }
    }
}

impl Gateway {
    /// The line for what people outside write.
    pub fn writing(&self, bounds: Bounds) -> Writing {
        let _ = self.written.bounds.set(bounds);
        let (store, house) = (self.store().clone(), self.house().clone());
        let writing = Writing::new(store, house, bounds, self.written.bell.clone());
        match self.parts.scanning {
            Some(_) => writing.scanned(self.written.checked.clone()),
            None => writing,
        }
    }

    /// Makes mails of what was sent until told to stop.
    pub async fn deliver_written(self: &Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                _ = rounds.tick() => {}
                () = self.written.bell.notified() => {}
            }
            self.send_written().await;
            // Receipts are memos.
            self.wake();
        }
    }

    /// Everything that was sent and is no mail yet.
    pub async fn send_written(&self) {
        let mut failures = self.written.turn.lock().await;
        if let Err(fault) = heavy(|| self.deliver_each(&mut failures)) {
            complain("what was written", &fault);
        }
    }

    fn deliver_each(&self, failures: &mut Failures) -> Result<(), Fault> {
        let (mut after, now) = (None, Instant::now());
        loop {
            let page = self.store().drafts(after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.id);
            for draft in &page {
                if let State::Leaving(order) = &draft.state
                    && failures.is_due(draft.id, now)
                {
                    match self.bring(draft, order) {
                        Ok(Some(true)) => failures.forget(draft.id),
                        Ok(Some(false)) => failures.note(draft.id, now),
                        Ok(None) => {}
                        Err(fault) => {
                            maillog::not_delivered(&order.mail, &fault);
                            failures.note(draft.id, now);
                        }
                    }
                }
            }
        }
    }

    /// One draft becomes a parcel, or never will: true; or is to be tried again later. `None` while it is being scanned. Blocks.
    fn bring(&self, draft: &Draft, order: &Order) -> Result<Option<bool>, Fault> {
        match self.finding(draft) {
            Finding::Awaited => return Ok(None),
            Finding::Clear(unscanned) => self.become_mail(draft, order, &unscanned)?,
            Finding::Denied(denied, found) => self.deny(draft, order, (denied, &found))?,
            Finding::Unknown(why) if !self.hold_back(draft, order, &why)? => {
                return Ok(Some(false));
            }
            Finding::Unknown(_) => {}
        }
        self.written.checks.forget(draft.id);
        self.written.checked.notify_waiters();
        Ok(Some(true))
    }

    /// One draft becomes a parcel.
    fn become_mail(&self, draft: &Draft, order: &Order, unscanned: &[u32]) -> Result<(), Fault> {
        self.forget_leftovers(order)?;
        // It was asked for when it was sent; others may have taken it since.
        if !Quota::of(&draft.origin, &self.bounds()).has_room(self.store(), draft.bytes()) {
            return Err(Fault::new(Kind::DiskFull));
        }
        let large = draft.bytes() > self.bounds().mail_up_to;
        let mail = self.composed((draft, order), unscanned, large)?;
        crash::point("written/composed");
        let mut settlement = Settlement {
            mail: order.mail.clone(),
            draft: Some(draft.id),
            keeps_all: true,
            owned: recipients(&mail),
            ..Settlement::default()
        };
        let variants = match large {
            true => self.with_transfer(draft, &mail, &mut settlement)?,
            false => vec![self.whole(&mail)?],
        };
        let kept = self.own_written(&mail, &variants, &mut settlement);
        kept.inspect_err(|_| self.store().discard_parcels(&settlement.parcels))?;
        crash::point("written/owned");
        settlement.parcels.iter().for_each(maillog::owned);
        let emptied = self.store().empty_draft(draft.id);
        // Not before: where this ends here, its first try has not begun, and need not be waited for as one that may have succeeded.
        self.wake();
        emptied
    }

    fn bounds(&self) -> Bounds {
        self.written.bounds.get().copied().unwrap_or_default()
    }

    /// A try that a crash ended may have left a transfer whose link nobody has.
    fn forget_leftovers(&self, order: &Order) -> Result<(), Fault> {
        match order.transfer.as_deref().map(str::parse::<TransferId>) {
            Some(Ok(transfer)) => self.store().abandon(&transfer),
            _ => Ok(()),
        }
    }

    /// The mail, in a spool. Of a large one the files are sealed while they are written, and lie nowhere else.
    fn composed(
        &self,
        (draft, order): (&Draft, &Order),
        unscanned: &[u32],
        large: bool,
    ) -> Result<Mail, Fault> {
        let folder = &self.parts.spool_folder;
        let mut intake = match large && draft.bytes() > LARGE {
            true => {
                let early = Early::default();
                let aside = WhileReceiving::new(early.clone(), self.parts.store.clone(), || true);
                Intake::beside(folder, early, Box::new(aside))
            }
            false => Intake::new(folder),
        };
        let letter = Letter {
            store: self.store(),
            house: self.house(),
            texts: self.texts(),
            draft,
            order,
            unscanned,
        };
        let full = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::StorageFull => Fault::because(Kind::DiskFull, e),
            _ => Fault::because(Kind::StoreDown, e),
        };
        letter.write(&mut |bytes| intake.write(bytes).map_err(full))?;
        let id: MailId = order
            .mail
            .parse()
            .map_err(|e| Fault::because(Kind::StoreDown, e))?;
        let mut received = intake
            .finish(id, self.envelope(draft, order)?)
            .map_err(full)?;
        if let Ok(at) = Timestamp::from_second(order.at) {
            received.at = at;
        }
        parse::mail(received)
    }

    /// From our own address; nobody is to hear of its delivery but the operator.
    fn envelope(&self, draft: &Draft, order: &Order) -> Result<Envelope, Fault> {
        let broken = |e: crate::mail::address::Unfit| Fault::because(Kind::Internal, e.to_string());
        let sender: Address = post::mailbox(&self.house().notice_from)
            .1
            .parse()
            .map_err(broken)?;
        let to = order.to.iter().map(|to| {
            Ok(Recipient {
                notify: Some("NEVER".into()),
                ..Recipient::new(to.parse().map_err(broken)?)
            })
        });
        let recipients = to.collect::<Result<Vec<_>, Fault>>()?;
        // Who wrote it stands in Reply-To.
        let utf8 = sender.needs_utf8()
            || !draft.who.is_ascii()
            || recipients.iter().any(|r| r.address.needs_utf8());
        Ok(Envelope {
            sender: Some(sender),
            recipients,
            options: MailOptions {
                utf8,
                ..MailOptions::default()
            },
            client: Client::local(),
        })
    }

    /// All of it in the mail.
    fn whole(&self, mail: &Mail) -> Result<Variant, Fault> {
        let all = Segment::Kept(0..mail.spool.len());
        let content = Content::of(mail.spool.clone(), vec![all]);
        let signed = self.parts.signers.sign(content);
        let content = signed.map_err(|e| Fault::because(Kind::Internal, e))?;
        let envelope = &mail.envelope;
        Ok(Variant::assertion(
            Lane::Ordinary,
            envelope.sender.clone(),
            envelope.recipients.clone(),
            envelope.options.clone(),
            content,
        ))
    }

    /// The files go into a transfer, whose link stands in the mail.
    fn with_transfer(
        &self,
        draft: &Draft,
        mail: &Mail,
        settlement: &mut Settlement,
    ) -> Result<Vec<Variant>, Fault> {
        let plan = settled(mail, plan(mail, self.bounds().keep_for));
        let sealed = self.seal(mail, &plan)?;
        let Some(transfer) = sealed.transfer else {
            return Err(Fault::because(
                Kind::Internal,
                "no file of a large mail was found",
            ));
        };
        // Before it is held: what a crash leaves of it is known by this.
        self.note_transfer(draft.id, transfer.id)?;
        let id = transfer.id;
        let held = self.store().hold(transfer)?;
        crash::point("written/held");
        settlement.transfer = Some(id);
        self.rewrite(mail, &plan, &held)
    }

    fn note_transfer(&self, id: DraftId, transfer: TransferId) -> Result<(), Fault> {
        let noted = self
            .store()
            .change_draft(id, |draft| match &mut draft.state {
                State::Leaving(order) => {
                    order.transfer = Some(transfer.to_string());
                    Some(((), Vec::new()))
                }
                _ => None,
            })?;
        noted.ok_or_else(|| Fault::because(Kind::Internal, "a draft was sent by another"))
    }

    /// Parcels of the variants, ours together with the end of the draft.
    fn own_written(
        &self,
        mail: &Mail,
        variants: &[Variant],
        settlement: &mut Settlement,
    ) -> Result<(), Fault> {
        for variant in variants {
            let number = settlement.parcels.len() + 1;
            let parcel: Parcel = self.own_copy(mail, variant, settlement.transfer, number)?;
            settlement.parcels.push(parcel);
        }
        self.store().settle_owned(settlement).map(drop)
    }
}

/// Drafts that could not become mails, and when each is tried next. Lost with the process: after a start all are tried.
#[derive(Debug, Default)]
struct Failures(HashMap<DraftId, (u32, Instant)>);

impl Failures {
    fn is_due(&self, id: DraftId, now: Instant) -> bool {
        self.0.get(&id).is_none_or(|(_, next)| *next <= now)
    }

    fn note(&mut self, id: DraftId, now: Instant) {
        let (times, next) = self.0.entry(id).or_insert((0, now));
        *next = now + ROUND * 2u32.pow((*times).min(MOST_DOUBLINGS));
        *times += 1;
    }

    fn forget(&mut self, id: DraftId) {
        self.0.remove(&id);
    }
}

fn recipients(mail: &Mail) -> Vec<Address> {
    let all = mail.envelope.recipients.iter();
    all.map(|r| r.address.clone()).collect()
}

/// Every file into the transfer, for everybody; the text stays.
fn plan(mail: &Mail, keep_for: Duration) -> Plan {
    let files: Vec<usize> = mail.outline.files().map(|(index, _)| index).collect();
    let decide = |recipient: &Recipient| Decision {
        recipient: recipient.address.clone(),
        action: Action::Transfer,
        awaits: None,
        scope: Scope::Parts(files.clone()),
        lane: Lane::Ordinary,
        options: Options::of(Unlock::Link, Vec::new(), keep_for),
        contact: Default::default(),
        reasons: Vec::new(),
    };
    Plan {
        decisions: mail.envelope.recipients.iter().map(decide).collect(),
        subject: None,
        strip_controls: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_again_and_again_waits_longer() {
        let (mut failures, id, start) = (Failures::default(), DraftId::fresh(), Instant::now());
        assert!(failures.is_due(id, start));
        for wait in [20, 40, 80, 160, 320, 640, 640] {
            failures.note(id, start);
            let is_due = |after| failures.is_due(id, start + Duration::from_secs(after));
            assert!(!is_due(wait - 1) && is_due(wait), "{wait}");
        }
        failures.forget(id);
        assert!(failures.is_due(id, start));
    }
}

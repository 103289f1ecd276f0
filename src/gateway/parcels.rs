//! Parcels in the making: what stays with us of a mail whose client hears that it is taken.
//!
//! Promises: what is given back is sealed and on disk; no record is written, so that the caller can make it durable together with what it
//! answers for. A report goes only to who wants it (RFC 3461), never to the null sender, never about a report, and brings back
//! nothing of a copy that had to leave by a stricter lane than the report itself.
//! Leaves to others: keeping parcels (`store`), trying them ([`super::delivery`]), the words of reports (`notify::report`).
//! Fails as the disk does, and then the blobs are gone.

use super::Gateway;
use crate::fault::{Fault, Kind};
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::{Content, Lane, Mail, Recipient, Variant};
use crate::notify::report::{self, Action, Report, Told};
use crate::seal::whole::{self, Name, WaitingKeys};
use crate::transfer::keys::day_of;
pub use crate::transfer::parcel::Partial;
use crate::transfer::parcel::{Parcel, Pending, What};
use crate::transfer::proof::{Answer, Outcome};
use crate::transfer::record::BlobRecord;
use crate::transfer::{BlobId, TransferId};
use jiff::Timestamp;
use std::io::Read;
use std::time::Duration;

/// A day beyond the last try, in seconds: the key must not be gone when its sender is told.
const GRACE: i64 = 86_400;

/// When parcels are tried.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Waits before the first, second, third … try; the last one repeats.
    pub waits: Vec<Duration>,
    /// After this time the sender is told that it failed.
    pub give_up: Duration,
    /// After this time a sender who asked for it is told that it is late.
    pub late: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Schedule {
            waits: [1, 5, 15, 30, 60]
                .map(|m| Duration::from_secs(m * 60))
                .into(),
            give_up: Duration::from_secs(5 * 86_400),
            late: Duration::from_secs(4 * 3600),
        }
    }
}

impl Schedule {
    /// Seconds until the next try after so many.
    pub(super) fn wait(&self, tries: u32) -> i64 {
        let wait = self.waits.get(tries as usize).or(self.waits.last());
        seconds(wait.copied().unwrap_or(Duration::from_secs(3600)))
    }
}

impl Gateway {
    /// What stays with us of a mail that has left for some of its recipients: a copy of each variant for those to whom it may still go,
    /// and a report to its sender about those who refused it, or whose server took it and reports nothing (RFC 3461). Sealed and on disk; the caller keeps the records
    /// (`Store::put_parcels`), or discards them (`Store::discard_parcels`). Blocks.
    pub fn own_rest(
        &self,
        mail: &Mail,
        variants: &[Variant],
        outcome: &Outcome,
        transfer: Option<TransferId>,
        round: usize,
    ) -> Result<Vec<Parcel>, Fault> {
        let mut owned = Vec::new();
        let done = self.own_each((mail, round), variants, outcome, transfer, &mut owned);
        done.inspect_err(|_| self.store().discard_parcels(&owned))?;
        Ok(owned)
    }

    fn own_each(
        &self,
        (mail, round): (&Mail, usize),
        variants: &[Variant],
        outcome: &Outcome,
        transfer: Option<TransferId>,
        owned: &mut Vec<Parcel>,
    ) -> Result<(), Fault> {
        // The parcels of one mail have names of their own, whichever round they come from.
        let name = |owned: &[Parcel]| match round {
            0 => format!("{}-{}", mail.id, owned.len() + 1),
            round => format!("{}-{round}.{}", mail.id, owned.len() + 1),
        };
        let mut reported: Vec<(&Variant, Told)> = Vec::new();
        for variant in variants {
            let id = name(owned);
            let mut parcel = self.blank(mail, variant, transfer, id);
            for recipient in variant.recipients() {
                match outcome.of(&recipient.address) {
                    Some(Answer::Accepted(by)) if by.reports() => {}
                    Some(Answer::Accepted(by)) => {
                        let told = told(recipient, Action::Relayed, Some(by.reply().clone()));
                        reported.push((variant, told));
                    }
                    Some(
                        Answer::Before
                        | Answer::Waits(_)
                        | Answer::Owned(_)
                        | Answer::Obeyed
                        | Answer::Stays,
                    ) => {}
                    Some(Answer::Refused(reply)) => {
                        let told = told(recipient, Action::Failed, Some(reply.clone()));
                        reported.push((variant, told));
                    }
                    // A recipient nobody answered for counts as unknown.
                    other => parcel.pending.push(pending(recipient, other)),
                }
            }
            if !parcel.is_over() {
                owned.push(self.sealed(parcel, &mut variant.content().reader())?);
            }
        }
        let Some((variant, _)) = reported.first() else {
            return Ok(());
        };
        let id = name(owned);
        let about = self.blank(mail, variant, transfer, String::new());
        let content = variant.content();
        let told = reported.iter().map(|(_, told)| told.clone()).collect();
        owned.extend(self.report(&about, id, told, Some(content))?);
        Ok(())
    }

    /// A copy of a mail that nobody brought: all of it is ours to deliver, at once. Sealed and on disk; the caller keeps the record. Blocks.
    pub(super) fn own_copy(
        &self,
        mail: &Mail,
        variant: &Variant,
        transfer: Option<TransferId>,
        number: usize,
    ) -> Result<Parcel, Fault> {
        let id = format!("{}-{number}", mail.id);
        let recipients = variant.recipients().iter().cloned();
        let parcel = Parcel {
            pending: recipients.map(Pending::new).collect(),
            due: Timestamp::now().as_second(),
            ..self.blank(mail, variant, transfer, id)
        };
        self.sealed(parcel, &mut variant.content().reader())
    }

    /// A copy that is not sealed yet, for nobody.
    fn blank(
        &self,
        mail: &Mail,
        variant: &Variant,
        transfer: Option<TransferId>,
        id: String,
    ) -> Parcel {
        let (now, received) = (Timestamp::now().as_second(), mail.at.as_second());
        let schedule = &self.parts.delivery;
        let message_id = mail.outline.root().fields.value("Message-ID");
        Parcel {
            id,
            mail: mail.id.to_string(),
            what: What::Copy,
            sender: variant.sender().cloned(),
            pending: Vec::new(),
            options: variant.options().clone(),
            client: mail.envelope.client.clone(),
            lane: variant.lane(),
            message_id: message_id.map(str::to_owned),
            language: self.language_of(mail),
            received,
            until: received.saturating_add(seconds(schedule.give_up)),
            due: now.saturating_add(schedule.wait(0)),
            transfer: transfer.map(|id| id.to_string()),
            ..unsealed()
        }
    }

    /// A report about recipients of a parcel, if somebody wants it.
    pub(super) fn report(
        &self,
        about: &Parcel,
        id: String,
        told: Vec<Told>,
        content: Option<&Content>,
    ) -> Result<Option<Parcel>, Fault> {
        let people: Vec<Told> = told.into_iter().filter(is_wanted).collect();
        let Some(to) = about.sender.as_ref().filter(|_| about.what == What::Copy) else {
            return Ok(None);
        };
        if people.is_empty() {
            return Ok(None);
        }
        let mut options = about.options.clone();
        if about.lane != Lane::Ordinary {
            options.ret = None;
        }
        let outlets = self.parts.outlets.only(about.lane);
        let next_hop = outlets.and_then(|lane| lane.peer());
        let report = Report {
            id: format!("report-{id}"),
            to,
            language: &about.language,
            mail: &about.mail,
            thread: about.message_id.as_deref(),
            options: &options,
            client: &about.client,
            next_hop: next_hop.as_deref(),
            received: about.received,
            people,
        };
        let mut reader = content.map(|content| (content.reader(), content.len()));
        let original = reader
            .as_mut()
            .map(|(reader, len)| (reader as &mut dyn Read, *len));
        let written = report::compose(self.texts(), self.house(), &report, original)
            .and_then(|bytes| self.parts.signers.stamp(Content::new(bytes)));
        let written = written.map_err(|e| Fault::because(Kind::Internal, e))?;
        let now = Timestamp::now().as_second();
        let recipient = Recipient {
            notify: Some("NEVER".into()),
            ..Recipient::new(to.clone())
        };
        let parcel = Parcel {
            id,
            mail: about.mail.clone(),
            what: What::Report,
            pending: vec![Pending::new(recipient)],
            options: MailOptions {
                utf8: to.needs_utf8(),
                eight_bit: report.is_global() || options.eight_bit,
                ..MailOptions::default()
            },
            language: about.language.clone(),
            received: now,
            until: now.saturating_add(seconds(self.parts.delivery.give_up)),
            due: now,
            ..unsealed()
        };
        self.sealed(parcel, &mut written.reader()).map(Some)
    }

    /// The bytes go to disk. What was written before a fault is an orphan, which the store sweeps.
    fn sealed(&self, mut parcel: Parcel, content: &mut dyn Read) -> Result<Parcel, Fault> {
        parcel.day = day_of(parcel.until.saturating_add(GRACE));
        let keys = WaitingKeys {
            master: &self.parts.master,
            day: &self.store().day_key(parcel.day)?,
        };
        let name = Name::Parcel(&parcel.id);
        let (blob, key) = whole::seal(content, name, &keys, self.store().shelf())?;
        (parcel.blob, parcel.key) = (blob, key);
        Ok(parcel)
    }

    /// The bytes of a parcel, in a spool of their own.
    pub(super) fn unsealed_content(&self, parcel: &Parcel) -> Result<Content, Fault> {
        let day = self.store().known_day_key(parcel.day)?;
        let day =
            day.ok_or_else(|| Fault::because(Kind::StoreDown, "the day of a parcel is over"))?;
        let keys = WaitingKeys {
            master: &self.parts.master,
            day: &day,
        };
        let blob = self.store().open_blob(parcel.blob.id)?;
        let name = Name::Parcel(&parcel.id);
        let opener = whole::open(blob, &parcel.blob, &parcel.key, name, &keys)?;
        let broken = |e| Fault::because(Kind::StoreDown, e);
        let mut reader = opener.reader(0..opener.len());
        let mut spool = crate::mail::SpoolWriter::new(&self.parts.spool_folder);
        let mut block = vec![0; 64 * 1024];
        loop {
            let n = reader.read(&mut block).map_err(broken)?;
            if n == 0 {
                break;
            }
            spool.write(&block[..n]).map_err(broken)?;
        }
        let spool = spool.finish().map_err(broken)?;
        let all = crate::mail::Segment::Kept(0..spool.len());
        Ok(Content::of(spool.into(), vec![all]))
    }
}

/// What is the same for every parcel that begins.
fn unsealed() -> Parcel {
    Parcel {
        id: String::new(),
        mail: String::new(),
        what: What::Copy,
        sender: None,
        pending: Vec::new(),
        options: MailOptions::default(),
        client: Client::local(),
        lane: Lane::Ordinary,
        message_id: None,
        language: String::new(),
        received: 0,
        until: 0,
        blob: BlobRecord {
            id: BlobId([0; 16]),
            plain_len: 0,
            number: 0,
        },
        key: Vec::new(),
        day: 0,
        due: 0,
        tries: 0,
        dropped: false,
        delay_told: false,
        transfer: None,
        generation: 0,
    }
}

fn pending(recipient: &Recipient, answer: Option<&Answer>) -> Pending {
    let last = match answer {
        Some(Answer::Deferred(reply)) => Some(reply.clone()),
        _ => None,
    };
    Pending {
        at: Timestamp::now().as_second(),
        unknown: u32::from(last.is_none()),
        last,
        ..Pending::new(recipient.clone())
    }
}

fn told(recipient: &Recipient, action: Action, reply: Option<crate::fault::Reply>) -> Told {
    Told {
        recipient: recipient.clone(),
        action,
        reply,
        at: Timestamp::now().as_second(),
    }
}

/// RFC 3461 section 4.1.
fn is_wanted(told: &Told) -> bool {
    let wishes = Pending::new(told.recipient.clone());
    match told.action {
        Action::Failed | Action::Unclear => wishes.wants_failures(),
        Action::Delayed { .. } => wishes.wants_delays(),
        Action::Relayed => wishes.wants_successes(),
    }
}

pub(super) fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

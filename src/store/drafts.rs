//! Drafts: what people outside write, kept piece by piece until it is a mail of ours, or until nobody wants it.
//!
//! Promises: a change is on disk when its method returns; a piece counts from the moment that [`Store::add_piece`] is back, at the
//! offset it was written for and at no other, so that the offset after a crash is what is really there (T96); what a draft becomes is
//! written in the change that makes its mail ours ([`super::Settlement::draft`]), so that it is sent once. Erasing goes in the order of
//! transfers: first the record loses its key, then blobs go, then the record.
//! Leaves to others: sealing (`seal::piece`), limits, when to send and when to end (`gateway`).

use super::backend::Table;
use super::values::Change;
use super::{Store, down, fault, io_fault, memos};
use crate::fault::{Fault, crash};
use crate::transfer::draft::{Origin, Piece, State, Upload};
use crate::transfer::keys::hkdf;
use crate::transfer::{Arrival, BlobId, Draft, DraftId, Memo};
use std::collections::HashSet;

/// Read or removed in one go.
const PAGE: usize = 256;

/// Drafts of all who answer together.
const MOST_ANSWERS: usize = 10_000;
/// Drafts of all guests together: however many of them come, people who answer can.
const MOST_OF_GUESTS: usize = 2_000;
/// Drafts of one origin, which may be told another bound below.
const MOST_OF_ONE: usize = 1_000;

impl Store {
    /// Keeps a new one. False if there are `most` of its origin already, `open` of them open, or far too many of all; nothing was changed.
    pub fn create_draft(&self, draft: &Draft, most: usize, open: usize) -> Result<bool, Fault> {
        let _alone = self.turns.alone(&self.origin_key(&draft.origin));
        let before = self.drafts_of(&draft.origin)?;
        let begun = before.iter().filter(|draft| draft.is_open()).count();
        let all = self.counts.drafts.hold(|| self.count_drafts())?;
        let (kind, share) = share_of(&draft.origin);
        if before.len() >= most || begun >= open || all.look(|all| all[kind] >= share) {
            return Ok(false);
        }
        let mut change = Change::new(&self.values);
        change.create(Table::Drafts, draft.id.as_bytes(), draft)?;
        change.create(Table::DraftsOf, &self.draft_of_key(draft), &())?;
        all.commit(change, |all| all[kind] += 1)?;
        crash::point("draft/created");
        Ok(true)
    }

    /// One draft.
    pub fn draft(&self, id: DraftId) -> Result<Option<Draft>, Fault> {
        self.values.get(Table::Drafts, id.as_bytes())
    }

    /// All drafts of one origin.
    pub fn drafts_of(&self, origin: &Origin) -> Result<Vec<Draft>, Fault> {
        let keys = self.keys(Table::DraftsOf, &self.origin_key(origin), MOST_OF_ONE)?;
        let ids = keys.iter().filter_map(|key| DraftId::from_key(&key[16..]));
        ids.filter_map(|id| self.draft(id).transpose()).collect()
    }

    /// Up to `limit` drafts in the order of their ids, from the one behind `after`.
    pub fn drafts(&self, after: Option<DraftId>, limit: usize) -> Result<Vec<Draft>, Fault> {
        let from = after.map_or(Vec::new(), |id| [id.as_bytes(), &b"\0"[..]].concat());
        self.values
            .scan(Table::Drafts, &from, &[0xff; 17], limit)?
            .map(|pair| pair.map(|(_, draft)| draft))
            .collect()
    }

    /// Changes one, and keeps the memos about it; durable when this returns. `None` from `change` leaves all as it is. Gives what `change`
    /// gave; `None` too if there is no such draft. What is no longer in it (uploads, the text before) is erased.
    pub fn change_draft<T>(
        &self,
        id: DraftId,
        change: impl FnOnce(&mut Draft) -> Option<(T, Vec<Memo>)>,
    ) -> Result<Option<T>, Fault> {
        let _alone = self.turns.alone(id.as_bytes());
        let Some(mut draft) = self.draft(id)? else {
            return Ok(None);
        };
        let before = draft.clone();
        let Some((out, memos)) = change(&mut draft) else {
            return Ok(None);
        };
        let mut batch = Change::new(&self.values);
        batch.replace(Table::Drafts, id.as_bytes(), &draft)?;
        memos::put(&mut batch, &memos, draft.touched)?;
        batch.commit().map_err(fault)?;
        crash::point("draft/changed");
        // What cannot be erased now is with the draft.
        let stays: HashSet<u32> = draft.uploads.iter().map(|upload| upload.number).collect();
        let gone = before.uploads.iter().filter(|u| !stays.contains(&u.number));
        for upload in gone {
            if let Err(fault) = self.erase_pieces(&piece_prefix(id, Some(upload.number))) {
                tracing::warn!(%fault, "an upload that is not wanted could not be erased yet");
            }
        }
        if let Some(text) = before.text.filter(|text| draft.text.as_ref() != Some(text)) {
            self.values.discard(text.blob);
        }
        Ok(Some(out))
    }

    /// A piece of an upload that begins at the offset `at`; its blob is on disk. `None` if it is not wanted: there is no such draft or
    /// upload any more, it was sent, or other bytes came first. Then its blob is gone.
    pub fn add_piece(
        &self,
        id: DraftId,
        number: u32,
        at: u64,
        piece: &Piece,
        now: i64,
    ) -> Result<Option<Upload>, Fault> {
        let added = self.put_piece(id, number, at, piece, now);
        // After a fault it is not known what the index refers to: `sweep` will know.
        if matches!(added, Ok(None)) {
            self.values.discard(piece.blob);
        }
        added
    }

    fn put_piece(
        &self,
        id: DraftId,
        number: u32,
        at: u64,
        piece: &Piece,
        now: i64,
    ) -> Result<Option<Upload>, Fault> {
        let _alone = self.turns.alone(id.as_bytes());
        let Some(mut draft) = self.draft(id)?.filter(Draft::is_open) else {
            return Ok(None);
        };
        draft.touched = draft.touched.max(now);
        let Some(upload) = draft.upload_mut(number).filter(|upload| upload.have == at) else {
            return Ok(None);
        };
        let key = piece_key(id, number, upload.pieces);
        upload.have = upload.have.saturating_add(piece.len);
        upload.pieces = upload.pieces.saturating_add(1);
        let added = upload.clone();
        let mut change = Change::new(&self.values);
        change.create(Table::Pieces, &key, piece)?;
        change.replace(Table::Drafts, id.as_bytes(), &draft)?;
        change.commit().map_err(fault)?;
        crash::point("draft/piece-added");
        Ok(Some(added))
    }

    /// The pieces of an upload from the one of number `from` on, at most a few hundred of them.
    pub fn pieces(&self, id: DraftId, upload: u32, from: u32) -> Result<Vec<Piece>, Fault> {
        let (start, end) = (piece_key(id, upload, from), piece_key(id, upload, u32::MAX));
        self.values
            .scan(Table::Pieces, &start, &end, PAGE)?
            .map(|pair| pair.map(|(_, piece)| piece))
            .collect()
    }

    /// Its mail is ours with this change, or was before: nothing of it is needed any more but what its author may read.
    pub(super) fn close_draft(&self, change: &mut Change<'_>, id: DraftId) -> Result<(), Fault> {
        let Some(mut draft) = self.draft(id)? else {
            return Err(down("a draft that was sent is not there"));
        };
        let State::Leaving(order) = &draft.state else {
            return Err(down("a draft was sent that is not to be sent"));
        };
        self.keep_arrival(change, &Arrival::of(&draft, order))?;
        draft.state = State::Sent(order.clone());
        draft.key.clear();
        change.replace(Table::Drafts, id.as_bytes(), &draft)
    }

    /// Erases what was in drafts that were sent, and everything of those whose time is over at `now` (Unix time, seconds).
    pub fn erase_drafts(&self, now: i64) -> Result<(), Fault> {
        let mut after = None;
        loop {
            let page = self.drafts(after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.id);
            for draft in &page {
                let over = draft.ends().is_some_and(|at| at < now);
                let emptied = draft.uploads.is_empty() && draft.text.is_none();
                if over {
                    self.erase_draft(draft.id, now)?;
                } else if matches!(draft.state, State::Sent(_)) && !emptied {
                    self.empty_draft(draft.id)?;
                }
            }
        }
    }

    /// Erases what is left in one that was sent; the record stays for its author.
    pub fn empty_draft(&self, id: DraftId) -> Result<(), Fault> {
        let _alone = self.turns.alone(id.as_bytes());
        let Some(mut draft) = self.draft(id)? else {
            return Ok(());
        };
        if !matches!(draft.state, State::Sent(_)) {
            return Ok(());
        }
        self.erase_contents(&draft)?;
        (draft.uploads, draft.text) = (Vec::new(), None);
        let mut change = Change::new(&self.values);
        change.replace(Table::Drafts, id.as_bytes(), &draft)?;
        change.commit().map_err(fault)
    }

    fn erase_draft(&self, id: DraftId, now: i64) -> Result<(), Fault> {
        let _alone = self.turns.alone(id.as_bytes());
        let Some(mut draft) = self.draft(id)? else {
            return Ok(());
        };
        // Touched or sent between the look and the lock.
        if draft.ends().is_none_or(|at| at >= now) {
            return Ok(());
        }
        if draft.state != State::Over {
            draft.state = State::Over;
            draft.key.clear();
            let mut change = Change::new(&self.values);
            change.replace(Table::Drafts, id.as_bytes(), &draft)?;
            change.commit().map_err(fault)?;
        }
        self.erase_contents(&draft)?;
        let mut change = Change::new(&self.values);
        change.remove(Table::Drafts, id.as_bytes())?;
        change.remove(Table::DraftsOf, &self.draft_of_key(&draft))?;
        let (kind, _) = share_of(&draft.origin);
        let all = self.counts.drafts.hold(|| self.count_drafts())?;
        all.commit(change, |all| all[kind] = all[kind].saturating_sub(1))
    }

    fn erase_contents(&self, draft: &Draft) -> Result<(), Fault> {
        if let Some(text) = &draft.text {
            let gone = self.values.backend.drop_blob(text.blob);
            gone.map_err(io_fault)?;
        }
        self.erase_pieces(&piece_prefix(draft.id, None))
    }

    /// Pieces and their blobs: the blobs first, as without its row nobody finds one but `sweep`.
    fn erase_pieces(&self, prefix: &[u8]) -> Result<(), Fault> {
        loop {
            let end = [prefix, &[0xff; 9]].concat();
            let rows: Vec<(Vec<u8>, Piece)> = self
                .values
                .scan(Table::Pieces, prefix, &end, PAGE)?
                .collect::<Result<_, Fault>>()?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut change = Change::new(&self.values);
            for (key, piece) in &rows {
                let gone = self.values.backend.drop_blob(piece.blob);
                gone.map_err(io_fault)?;
                change.remove(Table::Pieces, key)?;
            }
            crash::point("draft/pieces-gone");
            change.commit().map_err(fault)?;
        }
    }

    /// Adds the blobs that drafts need. What is being erased needs none.
    pub(super) fn needed_by_drafts(&self, needed: &mut HashSet<BlobId>) -> Result<(), Fault> {
        let mut kept = HashSet::new();
        self.each_raw(Table::Drafts, |key, value| {
            let draft: Draft = self.values.open(Table::Drafts, key, value)?;
            if !draft.key.is_empty() {
                needed.extend(draft.text.map(|text| text.blob));
                for upload in &draft.uploads {
                    kept.insert((draft.id, upload.number));
                }
            }
            Ok(())
        })?;
        self.each_raw(Table::Pieces, |key, value| {
            let piece: Piece = self.values.open(Table::Pieces, key, value)?;
            if upload_of(key).is_some_and(|of| kept.contains(&of)) {
                needed.insert(piece.blob);
            }
            Ok(())
        })
    }

    fn count_drafts(&self) -> Result<[usize; 2], Fault> {
        let mut all = [0; 2];
        self.each_raw(Table::Drafts, |key, value| {
            let draft: Draft = self.values.open(Table::Drafts, key, value)?;
            all[share_of(&draft.origin).0] += 1;
            Ok(())
        })?;
        Ok(all)
    }

    fn origin_key(&self, origin: &Origin) -> Vec<u8> {
        let lookup = self.master.lookup();
        hkdf(&lookup[..], &origin.bytes(), b"cloakroom/draft-origin/1")[..16].to_vec()
    }

    fn draft_of_key(&self, draft: &Draft) -> Vec<u8> {
        let prefix = self.origin_key(&draft.origin);
        [&prefix[..], draft.id.as_bytes()].concat()
    }

    /// Up to `limit` keys that begin like this.
    fn keys(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Vec<u8>>, Fault> {
        let end = [prefix, &[0xff; 17]].concat();
        let pairs = self.values.backend.scan(table, prefix, &end, limit);
        Ok(pairs
            .map_err(fault)?
            .into_iter()
            .map(|(key, _)| key)
            .collect())
    }
}

/// Among whom a draft is counted, and how many they may have together.
fn share_of(origin: &Origin) -> (usize, usize) {
    match origin {
        Origin::Ticket(..) => (0, MOST_ANSWERS),
        Origin::Address(_) => (1, MOST_OF_GUESTS),
    }
}

fn piece_prefix(id: DraftId, upload: Option<u32>) -> Vec<u8> {
    match upload {
        Some(number) => [&id.as_bytes()[..], &number.to_be_bytes()].concat(),
        None => id.as_bytes().to_vec(),
    }
}

fn piece_key(id: DraftId, upload: u32, number: u32) -> Vec<u8> {
    [&piece_prefix(id, Some(upload))[..], &number.to_be_bytes()].concat()
}

fn upload_of(key: &[u8]) -> Option<(DraftId, u32)> {
    let number = key.get(16..20)?.try_into().ok()?;
    Some((DraftId::from_key(key)?, u32::from_be_bytes(number)))
}

#[cfg(test)]
mod tests;

//! The reading of one attachment: what it has cost so far, and where its pieces go.
//!
//! Every format reads through this: it unpacks with [`Reading::unpack`], hands files inside files to [`Reading::member`], and says
//! text with [`Reading::text`] and its neighbours. Promises: no limit is passed by more than one block; sizes in headers are not
//! believed; text is joined to long pieces and cut where a line or a word ends. Leaves to others: which format reads what (`kinds`).
//! Fails with [`Stop`]: what is read then ends, what contains it goes on if its own limits allow.

use super::{Document, Limits, kinds};
use crate::mail::content::{Enough, MAX_PIECE, Piece, Sink, Unreadable};
use std::borrow::Cow;
use std::io::Read;
use std::time::Instant;

/// Below this many unpacked bytes of one member the ratio does not count.
const RATIO_FROM: u64 = 1024 * 1024;

/// Bytes of one member, which are in memory: the process that reads has 512 MiB (`scan`).
const MEMBER: u64 = 192 * 1024 * 1024;

/// More cells of one row than any spreadsheet has; the rest of the row comes as running text.
const MAX_CELLS: usize = 16_384;

/// Why the reading of a file ends before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Nobody wants more.
    Enough,
    /// The rest of this file cannot be read.
    Unreadable(Unreadable),
}

impl From<Enough> for Stop {
    fn from(_: Enough) -> Self {
        Stop::Enough
    }
}

impl From<Unreadable> for Stop {
    fn from(why: Unreadable) -> Self {
        Stop::Unreadable(why)
    }
}

/// One attachment with everything in it, while it is read.
pub struct Reading<'a> {
    limits: Limits,
    sink: &'a mut dyn Sink,
    unpacked: u64,
    members: u32,
    depth: u32,
    place: Option<String>,
    pending: String,
    calls: u32,
}

impl<'a> Reading<'a> {
    /// Nothing read yet.
    pub fn new(limits: Limits, sink: &'a mut dyn Sink) -> Self {
        Reading {
            limits,
            sink,
            unpacked: 0,
            members: 0,
            depth: 0,
            place: None,
            pending: String::new(),
            calls: 0,
        }
    }

    /// Reads the attachment itself, to its end or to where it cannot be read, which is then said.
    pub fn whole(mut self, document: &Document<'_>) -> Result<(), Enough> {
        if document.bytes.len() as u64 > self.limits.bytes {
            return self.sink.take(Piece::Unreadable(Unreadable::TooLarge));
        }
        self.inside(document)
    }

    /// Reads a file inside the one that is read: a member of an archive, an attachment of a mail, an embedded object. What cannot be
    /// read of it is said and does not end the file around it.
    pub fn member(&mut self, member: &Document<'_>) -> Result<(), Stop> {
        self.members += 1;
        if self.members > self.limits.members {
            return Err(Unreadable::TooMany.into());
        }
        self.flush()?;
        let place = self.place.take();
        self.sink.take(Piece::Enter {
            name: member.name.into(),
            media_type: kinds::media_type(member).into(),
            size: member.bytes.len() as u64,
        })?;
        self.depth += 1;
        let done = match self.depth > self.limits.depth {
            true => self.sink.take(Piece::Unreadable(Unreadable::TooDeep)),
            false => self.inside(member),
        };
        self.depth -= 1;
        self.place = place;
        done?;
        Ok(self.sink.take(Piece::Leave)?)
    }

    /// A member that could not even be unpacked.
    pub fn lost_member(&mut self, name: &str, why: Unreadable) -> Result<(), Stop> {
        self.members += 1;
        if self.members > self.limits.members {
            return Err(Unreadable::TooMany.into());
        }
        self.flush()?;
        self.sink.take(Piece::Enter {
            name: name.into(),
            media_type: "".into(),
            size: 0,
        })?;
        self.sink.take(Piece::Unreadable(why))?;
        Ok(self.sink.take(Piece::Leave)?)
    }

    fn inside(&mut self, document: &Document<'_>) -> Result<(), Enough> {
        let done = self.in_time().map_err(Stop::from);
        let done = done.and_then(|()| kinds::read(document, self));
        self.flush()?;
        match done {
            Ok(()) => Ok(()),
            Err(Stop::Enough) => Err(Enough),
            Err(Stop::Unreadable(why)) => self.sink.take(Piece::Unreadable(why)),
        }
    }

    /// All bytes of `from`, which unpacks `packed` bytes.
    pub fn unpack(&mut self, packed: u64, from: &mut dyn Read) -> Result<Vec<u8>, Unreadable> {
        let (out, lost) = self.unpack_some(packed, from);
        lost.map_or(Ok(out), Err)
    }

    /// What comes out of `from` before it breaks off or a limit is reached, and why it did not go on.
    pub fn unpack_some(
        &mut self,
        packed: u64,
        from: &mut dyn Read,
    ) -> (Vec<u8>, Option<Unreadable>) {
        let mut out = Vec::new();
        let lost = self.unpack_to(packed, from, &mut out).err();
        (out, lost)
    }

    fn unpack_to(
        &mut self,
        packed: u64,
        from: &mut dyn Read,
        out: &mut Vec<u8>,
    ) -> Result<(), Unreadable> {
        let most = packed.saturating_mul(self.limits.ratio);
        let most = most.clamp(RATIO_FROM, MEMBER);
        let mut block = [0; 32 * 1024];
        loop {
            let n = match from.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(n) => n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => return Err(Unreadable::Damaged),
            };
            self.spend(n as u64)?;
            if (out.len() + n) as u64 > most {
                return Err(Unreadable::TooLarge);
            }
            out.extend_from_slice(&block[..n]);
        }
    }

    /// Counts bytes that were unpacked, decoded or decrypted.
    pub fn spend(&mut self, bytes: u64) -> Result<(), Unreadable> {
        self.unpacked = self.unpacked.saturating_add(bytes);
        if self.unpacked > self.limits.unpacked {
            return Err(Unreadable::TooLarge);
        }
        self.in_time()
    }

    /// Unpacked bytes that may still come.
    pub fn left(&self) -> u64 {
        self.limits.unpacked.saturating_sub(self.unpacked)
    }

    /// Nothing more can be unpacked: everything allowed was, or the time is over.
    pub fn is_spent(&self) -> bool {
        self.unpacked > self.limits.unpacked || self.in_time().is_err()
    }

    /// Says that something of this file cannot be read, where the rest of it still can.
    pub fn unreadable(&mut self, why: Unreadable) -> Result<(), Stop> {
        self.flush()?;
        Ok(self.sink.take(Piece::Unreadable(why))?)
    }

    /// Fails once the time is over. To be asked in every loop; looks at the clock seldom.
    pub fn tick(&mut self) -> Result<(), Unreadable> {
        self.calls = self.calls.wrapping_add(1);
        match self.calls.is_multiple_of(256) {
            true => self.in_time(),
            false => Ok(()),
        }
    }

    fn in_time(&self) -> Result<(), Unreadable> {
        match Instant::now() > self.limits.until {
            true => Err(Unreadable::TooSlow),
            false => Ok(()),
        }
    }

    /// What follows stands in another place. It is said before the next text: a place without any is not.
    pub fn at(&mut self, place: &str) -> Result<(), Stop> {
        self.flush()?;
        self.place = Some(place.to_owned());
        Ok(())
    }

    fn say_place(&mut self) -> Result<(), Enough> {
        match self.place.take() {
            Some(place) => self.sink.take(Piece::At(place.into())),
            None => Ok(()),
        }
    }

    /// More running text; lines end with LF.
    pub fn text(&mut self, mut text: &str) -> Result<(), Stop> {
        self.tick()?;
        while self.pending.len() + text.len() > MAX_PIECE {
            let (fits, rest) = text.split_at(floor(text, MAX_PIECE - self.pending.len()));
            self.pending.push_str(fits);
            text = rest;
            self.flush_to(seam(&self.pending))?;
        }
        self.pending.push_str(text);
        Ok(())
    }

    /// Running text in a line of its own.
    pub fn line(&mut self, text: &str) -> Result<(), Stop> {
        self.end_line()?;
        self.text(text)?;
        self.text("\n")
    }

    /// Ends the line, if there is one.
    pub fn end_line(&mut self) -> Result<(), Stop> {
        match self.pending.is_empty() || self.pending.ends_with('\n') {
            true => Ok(()),
            false => self.text("\n"),
        }
    }

    /// Another table begins.
    pub fn table(&mut self) -> Result<(), Stop> {
        self.flush()?;
        self.say_place()?;
        Ok(self.sink.take(Piece::Table)?)
    }

    /// A row of the table. One that is longer than a piece comes as several, each text under its own column.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) -> Result<(), Stop> {
        self.tick()?;
        self.flush()?;
        self.say_place()?;
        let (cells, more) = cells.split_at(cells.len().min(MAX_CELLS));
        let mut row: Vec<Cow<'_, str>> = Vec::with_capacity(cells.len());
        let mut length = 0;
        for (column, cell) in cells.iter().enumerate() {
            let mut cell = cell.as_ref();
            while length + cell.len() > MAX_PIECE {
                let (fits, rest) = cell.split_at(match length {
                    0 => seam(&cell[..floor(cell, MAX_PIECE)]),
                    _ => 0,
                });
                if !fits.is_empty() {
                    row.push(fits.into());
                }
                self.sink.take(Piece::Row(std::mem::take(&mut row)))?;
                row.resize(column, Cow::Borrowed(""));
                (cell, length) = (rest, 0);
            }
            length += cell.len();
            row.push(cell.into());
        }
        self.sink.take(Piece::Row(row))?;
        more.iter().try_for_each(|cell| self.line(cell.as_ref()))
    }

    /// Hands on what has gathered.
    pub fn flush(&mut self) -> Result<(), Enough> {
        self.flush_to(self.pending.len())
    }

    fn flush_to(&mut self, end: usize) -> Result<(), Enough> {
        if end == 0 {
            return Ok(());
        }
        if !self.pending[..end].bytes().all(|b| b.is_ascii_whitespace()) {
            self.say_place()?;
            self.sink
                .take(Piece::Prose(Cow::Borrowed(&self.pending[..end])))?;
        }
        self.pending.drain(..end);
        Ok(())
    }
}

/// Where to cut a full piece: after its last line, else its last word, else its end.
fn seam(text: &str) -> usize {
    let end = |at: Option<usize>| at.map(|n| n + 1);
    let line = memchr::memrchr(b'\n', text.as_bytes());
    let word = || memchr::memrchr3(b' ', b'\t', b',', text.as_bytes());
    end(line).or_else(|| end(word())).unwrap_or(text.len())
}

fn floor(text: &str, most: usize) -> usize {
    text.floor_char_boundary(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::extract::tests::{Heard, limits};

    fn heard(say: impl FnOnce(&mut Reading<'_>) -> Result<(), Stop>) -> Vec<Piece<'static>> {
        let mut sink = Heard::default();
        let mut reading = Reading::new(limits(), &mut sink);
        say(&mut reading).expect("nothing stops it");
        reading.flush().expect("nothing stops it");
        sink.0
    }

    #[test]
    fn long_text_is_cut_where_lines_end() {
        let line = "NL91 ABNA 0417 1643 00 zażółć\n";
        let pieces = heard(|reading| reading.text(&line.repeat(9000)));
        let texts = pieces.iter().map(|piece| match piece {
            Piece::Prose(text) => text.as_ref(),
            other => panic!("{other:?}"),
        });
        assert!(texts.clone().all(|text| text.ends_with('\n')));
        assert!(texts.clone().all(|text| text.len() <= MAX_PIECE));
        assert_eq!(texts.collect::<String>(), line.repeat(9000));
    }

    #[test]
    fn a_word_longer_than_a_piece_is_cut_between_characters() {
        let pieces = heard(|reading| reading.text(&"ż".repeat(MAX_PIECE)));
        assert_eq!(pieces.len(), 2);
    }

    #[test]
    fn a_long_row_keeps_its_columns() {
        let (long, short) = ("x ".repeat(MAX_PIECE), "b");
        let pieces = heard(|reading| reading.row(&["a", &long, short]));
        let mut columns = [String::new(), String::new(), String::new()];
        for piece in &pieces {
            let Piece::Row(cells) = piece else {
                panic!("{piece:?}")
            };
            assert!(cells.iter().map(|c| c.len()).sum::<usize>() <= MAX_PIECE);
            cells
                .iter()
                .zip(&mut columns)
                .for_each(|(cell, column)| column.push_str(cell));
        }
        assert_eq!(columns, ["a", long.as_str(), "b"]);
    }

    #[test]
    fn what_is_packed_too_tightly_is_not_unpacked() {
        let mut sink = Heard::default();
        let mut reading = Reading::new(limits(), &mut sink);
        let unpacked = reading.unpack(100, &mut std::io::repeat(0));
        assert_eq!(unpacked, Err(Unreadable::TooLarge));
        assert!(reading.unpacked < 2 * RATIO_FROM);
    }
}

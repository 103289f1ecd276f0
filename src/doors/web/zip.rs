//! All files as one ZIP whose every byte is known before the first is sent.
//!
//! Entries are stored, not compressed; sizes and CRC-32 are known since the files were sealed. So the whole is a list of pieces
//! with fixed places: its length can be told, any range of it read, a broken download resumed.
//! Format: APPNOTE 6.3 with ZIP64 only where a number needs it, names in UTF-8 (general purpose bit 11), one fixed date.
//! Leaves to others: the bytes of the files (a closure), safe and unique names (`transfer::record`).

use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io;

/// One file of the ZIP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZipEntry {
    /// Safe, unique, at most 65 535 bytes.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// CRC-32 of the content.
    pub crc32: u32,
}

/// Where every byte of a ZIP is.
#[derive(Debug, Clone)]
pub struct Layout {
    pieces: Vec<Piece>,
    len: u64,
}

#[derive(Debug, Clone)]
struct Piece {
    start: u64,
    len: u64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Made(Vec<u8>),
    File(usize),
}

/// From here on a 32-bit field says "look into the ZIP64 field".
const BIG: u64 = 0xFFFF_FFFF;
const MANY: usize = 0xFFFF;
const UTF8: u16 = 1 << 11;
/// Version 2.0 for folders and stored files, 4.5 for ZIP64.
const PLAIN: u16 = 20;
const ZIP64: u16 = 45;
/// Made on Unix, so that the mode `rw-r--r--` is read from the external attributes.
const UNIX: u16 = 3 << 8;
const MODE: u32 = 0o100_644 << 16;

impl Layout {
    /// The ZIP of these files, each dated `date`.
    pub fn new(entries: &[ZipEntry], date: Timestamp) -> Self {
        let mut layout = Layout {
            pieces: Vec::with_capacity(2 * entries.len() + 1),
            len: 0,
        };
        let date = dos_date(date);
        let mut directory = Vec::new();
        for (number, entry) in entries.iter().enumerate() {
            directory.extend(directory_entry(entry, layout.len, date));
            let header = local_header(entry, date);
            layout.push(header.len() as u64, What::Made(header));
            layout.push(entry.size, What::File(number));
        }
        let tail = [
            &directory[..],
            &end(entries.len(), directory.len() as u64, layout.len),
        ]
        .concat();
        layout.push(tail.len() as u64, What::Made(tail));
        layout
    }

    /// Size of the ZIP in bytes.
    #[allow(clippy::len_without_is_empty)] // even the ZIP of nothing has 22 bytes
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Fills `out` with the bytes from `offset`; `file(number, offset, out)` fills its `out` with bytes of a file.
    pub fn read_exact_at(
        &self,
        offset: u64,
        out: &mut [u8],
        mut file: impl FnMut(usize, u64, &mut [u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut done = 0;
        let first = self.pieces.partition_point(|p| p.start + p.len <= offset);
        for piece in &self.pieces[first..] {
            if done == out.len() {
                break;
            }
            let within = offset + done as u64 - piece.start;
            let left = usize::try_from(piece.len - within).unwrap_or(usize::MAX);
            let n = left.min(out.len() - done);
            let target = &mut out[done..done + n];
            match &piece.what {
                What::Made(bytes) => target.copy_from_slice(&bytes[within as usize..][..n]),
                What::File(number) => file(*number, within, target)?,
            }
            done += n;
        }
        if done < out.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn push(&mut self, len: u64, what: What) {
        if len > 0 {
            self.pieces.push(Piece {
                start: self.len,
                len,
                what,
            });
            self.len += len;
        }
    }
}

/// APPNOTE 4.3.7.
fn local_header(entry: &ZipEntry, date: u32) -> Vec<u8> {
    let extra = match entry.size >= BIG {
        true => zip64_extra(&[entry.size, entry.size]),
        false => Vec::new(),
    };
    let mut out = Vec::with_capacity(30 + entry.name.len() + extra.len());
    out.extend(b"PK\x03\x04");
    out.extend(common(entry, !extra.is_empty(), date));
    out.extend(short(extra.len()));
    out.extend(entry.name.as_bytes());
    out.extend(extra);
    out
}

/// APPNOTE 4.3.12.
fn directory_entry(entry: &ZipEntry, at: u64, date: u32) -> Vec<u8> {
    let mut wide = Vec::new();
    if entry.size >= BIG {
        wide.extend([entry.size, entry.size]);
    }
    if at >= BIG {
        wide.push(at);
    }
    let extra = zip64_extra(&wide);
    let mut out = Vec::with_capacity(46 + entry.name.len() + extra.len());
    out.extend(b"PK\x01\x02");
    out.extend((UNIX | version(!extra.is_empty())).to_le_bytes());
    out.extend(common(entry, !extra.is_empty(), date));
    out.extend(short(extra.len()));
    out.extend([0; 2 + 2 + 2]); // comment, disk, internal attributes
    out.extend(MODE.to_le_bytes());
    out.extend(long(at));
    out.extend(entry.name.as_bytes());
    out.extend(extra);
    out
}

/// The fields that both headers share: from "version needed" to "file name length".
fn common(entry: &ZipEntry, zip64: bool, date: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(24);
    out.extend(version(zip64).to_le_bytes());
    out.extend(UTF8.to_le_bytes());
    out.extend([0, 0]); // stored
    out.extend(date.to_le_bytes());
    out.extend(entry.crc32.to_le_bytes());
    out.extend(long(entry.size));
    out.extend(long(entry.size));
    out.extend(short(entry.name.len()));
    out
}

/// APPNOTE 4.3.14 to 4.3.16.
fn end(count: usize, size: u64, at: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(98);
    if count >= MANY || size >= BIG || at >= BIG {
        out.extend(b"PK\x06\x06");
        out.extend(44u64.to_le_bytes());
        out.extend((UNIX | ZIP64).to_le_bytes());
        out.extend(ZIP64.to_le_bytes());
        out.extend([0; 8]); // this disk, the directory's disk
        for number in [count as u64, count as u64, size, at] {
            out.extend(number.to_le_bytes());
        }
        out.extend(b"PK\x06\x07\0\0\0\0");
        out.extend((at + size).to_le_bytes());
        out.extend(1u32.to_le_bytes());
    }
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(short(count));
    out.extend(short(count));
    out.extend(long(size));
    out.extend(long(at));
    out.extend([0, 0]); // comment
    out
}

fn zip64_extra(numbers: &[u64]) -> Vec<u8> {
    if numbers.is_empty() {
        return Vec::new();
    }
    let mut out = vec![1, 0];
    out.extend(short(8 * numbers.len()));
    out.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
    out
}

fn version(zip64: bool) -> u16 {
    if zip64 { ZIP64 } else { PLAIN }
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

fn long(number: u64) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

/// Time in the low half, date in the high half, in UTC; 1980 to 2107.
fn dos_date(at: Timestamp) -> u32 {
    let t = at.to_zoned(TimeZone::UTC).datetime();
    let year = u32::try_from(t.year().clamp(1980, 2107) - 1980).unwrap_or(0);
    let field = |n: i8| u32::from(n.unsigned_abs());
    year << 25
        | field(t.month()) << 21
        | field(t.day()) << 16
        | field(t.hour()) << 11
        | field(t.minute()) << 5
        | field(t.second()) >> 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn files() -> Vec<(String, Vec<u8>)> {
        vec![
            ("contract-v3.pdf".into(), b"%PDF-1.7 contract".repeat(5000)),
            ("empty".into(), Vec::new()),
            ("Läkarintyg 瑞典 🙂.txt".into(), b"hej\n".to_vec()),
            ("a (2).docx".into(), (0..=255).collect()),
        ]
    }

    fn layout(files: &[(String, Vec<u8>)]) -> Layout {
        let entries: Vec<_> = files
            .iter()
            .map(|(name, bytes)| ZipEntry {
                name: name.clone(),
                size: bytes.len() as u64,
                crc32: crc32fast::hash(bytes),
            })
            .collect();
        Layout::new(&entries, "2026-11-21T18:45:30Z".parse().expect("a time"))
    }

    fn read(layout: &Layout, files: &[(String, Vec<u8>)], from: u64, len: usize) -> Vec<u8> {
        let mut out = vec![0; len];
        layout
            .read_exact_at(from, &mut out, |n, at, out| {
                out.copy_from_slice(&files[n].1[at as usize..][..out.len()]);
                Ok(())
            })
            .expect("is there");
        out
    }

    #[test]
    fn any_range_is_the_same_bytes() {
        let files = files();
        let layout = layout(&files);
        let whole = read(&layout, &files, 0, layout.len() as usize);
        let len = whole.len();
        for (from, n) in [
            (0, 1),
            (1, 60),
            (29, 100),
            (len - 1, 1),
            (len - 300, 300),
            (len - 20_000, 20_000),
            (len, 0),
        ] {
            assert_eq!(
                read(&layout, &files, from as u64, n),
                whole[from..from + n],
                "{from}"
            );
        }
        for from in (0..len).step_by(997) {
            let n = 64.min(len - from);
            assert_eq!(read(&layout, &files, from as u64, n), whole[from..from + n]);
        }
        let past = layout.read_exact_at(layout.len(), &mut [0], |_, _, _| Ok(()));
        assert_eq!(
            past.expect_err("the end").kind(),
            io::ErrorKind::UnexpectedEof
        );
    }

    #[test]
    fn other_programs_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("all.zip");
        let files = files();
        let layout = layout(&files);
        std::fs::write(&path, read(&layout, &files, 0, layout.len() as usize)).expect("writes");
        let python = "import zipfile, sys, json\n\
                      z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None\n\
                      print(json.dumps([[i.filename, len(z.read(i)), list(i.date_time)] for i in z.infolist()]))";
        let path = path.to_str().expect("ASCII");
        let listed =
            run("python3", &["-c", python, path]).expect("Python is on every developer's machine");
        let listed: serde_json::Value = serde_json::from_slice(&listed).expect("JSON");
        for (row, (name, bytes)) in listed.as_array().expect("rows").iter().zip(&files) {
            assert_eq!(
                *row,
                serde_json::json!([name, bytes.len(), [2026, 11, 21, 18, 45, 30]])
            );
        }
        run("unzip", &["-t", path]);
        if let Some(bytes) = run("bsdtar", &["-xOf", path, "a (2).docx"]) {
            assert_eq!(bytes, files[3].1);
        }
    }

    /// `None` if the program is not there; it must succeed if it is.
    fn run(program: &str, arguments: &[&str]) -> Option<Vec<u8>> {
        let out = match Command::new(program).args(arguments).output() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
            out => out.expect("runs"),
        };
        assert!(out.status.success(), "{program}: {out:?}");
        Some(out.stdout)
    }

    #[test]
    fn past_four_gibibytes_the_numbers_move_into_zip64_fields() {
        let entry = |name: &str, size| ZipEntry {
            name: name.into(),
            size,
            crc32: 7,
        };
        let layout = Layout::new(
            &[
                entry("big", 5 << 30),
                entry("late", 3),
                entry("edge", BIG),
                entry("under", BIG - 1),
            ],
            Timestamp::UNIX_EPOCH,
        );
        let tail_at = layout.pieces.last().expect("a tail").start;
        let mut tail = vec![0; (layout.len() - tail_at) as usize];
        let none = |_, _, _: &mut [u8]| panic!("no file is read for the directory");
        layout
            .read_exact_at(tail_at, &mut tail, none)
            .expect("is there");
        let u32_at = |at: usize| u32::from_le_bytes(tail[at..at + 4].try_into().expect("4"));
        let u64_at = |at: usize| u64::from_le_bytes(tail[at..at + 8].try_into().expect("8"));

        assert_eq!(&tail[..4], b"PK\x01\x02");
        assert_eq!(u32_at(20), u32::MAX, "compressed size of the first");
        assert_eq!(u32_at(42), 0, "its place fits");
        assert_eq!(
            u64_at(46 + 3 + 4),
            5 << 30,
            "its size, in the ZIP64 field behind the name"
        );
        let late = 46 + 3 + 20;
        assert_eq!(u32_at(late + 20), 3);
        assert_eq!(u32_at(late + 42), u32::MAX);
        assert_eq!(
            u64_at(late + 46 + 4 + 4),
            (5 << 30) + 30 + 3 + 20,
            "the place of the second"
        );
        let end64 = tail.len() - 22 - 20 - 56;
        assert_eq!(&tail[end64..end64 + 4], b"PK\x06\x06");
        assert_eq!(u64_at(end64 + 32), 4);
        assert_eq!(u64_at(end64 + 48), tail_at);
        assert_eq!(
            u64_at(tail.len() - 22 - 12),
            tail_at + end64 as u64,
            "the locator"
        );
    }

    #[test]
    fn a_zip_of_nothing_is_a_zip() {
        let layout = Layout::new(&[], Timestamp::UNIX_EPOCH);
        assert_eq!(layout.len(), 22);
    }

    #[test]
    fn seventy_thousand_entries_are_counted_in_zip64() {
        let entries: Vec<_> = (0..70_000)
            .map(|n| ZipEntry {
                name: n.to_string(),
                size: 0,
                crc32: 0,
            })
            .collect();
        let layout = Layout::new(&entries, Timestamp::UNIX_EPOCH);
        let mut end = [0; 98];
        layout
            .read_exact_at(layout.len() - 98, &mut end, |_, _, _| Ok(()))
            .expect("is there");
        assert_eq!(&end[..4], b"PK\x06\x06");
        assert_eq!(end[32..40], 70_000u64.to_le_bytes());
        assert_eq!(end[98 - 14..98 - 12], [0xFF, 0xFF]);
    }
}

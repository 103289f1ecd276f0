//! A spool whose files were taken aside is the same mail as one that has all of it.

use super::*;
use crate::mail::Decoder;
use crate::mail::outline::Encoding;
use crate::mail::spool::{Spool, SpoolWriter};
use encodify::base64::{LineEnding, STANDARD};
use std::sync::Mutex;

/// Files, and where in the mail they stand.
type Files = Vec<(Range<u64>, Vec<u8>)>;

/// Takes them all.
#[derive(Clone, Default)]
struct Bench(Arc<Mutex<Files>>);

struct Slot(Vec<u8>, Bench);

struct Taken(Vec<u8>);

impl Aside for Bench {
    fn begin(&mut self) -> io::Result<Option<Box<dyn Keeping>>> {
        Ok(Some(Box::new(Slot(Vec::new(), self.clone()))))
    }
}

impl Keeping for Slot {
    fn write(&mut self, decoded: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(decoded);
        Ok(())
    }

    fn finish(self: Box<Self>, raw: Range<u64>) -> io::Result<Arc<dyn Kept>> {
        let mut all = self.1.0.lock().expect("no panic");
        all.push((raw, self.0.clone()));
        Ok(Arc::new(Taken(self.0)))
    }
}

impl Kept for Taken {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = offset as usize;
        out.copy_from_slice(&self.0[from..from + out.len()]);
        Ok(())
    }
}

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

fn lines(len: usize, width: usize, dice: &mut Dice) -> Vec<u8> {
    let bytes: Vec<u8> = (0..len).map(|_| dice.below(256) as u8).collect();
    let text = STANDARD.wrapped(width, LineEnding::CrLf).encode(bytes);
    text.into_bytes()
}

fn spooled(mail: &[u8], step: usize) -> (tempfile::TempDir, Bench, Spool) {
    let (folder, bench) = (tempfile::tempdir().expect("a folder"), Bench::default());
    let mut writer = SpoolWriter::beside(folder.path(), Box::new(bench.clone()));
    let mut len = 0;
    for piece in mail.chunks(step) {
        writer.write(piece).expect("room");
        len += piece.len();
        assert_eq!(writer.len(), len as u64);
    }
    (folder, bench, writer.finish().expect("room"))
}

/// Decoded bytes of a range and the damage in it, read block by block; and the length as it is measured.
fn decoded(spool: &Spool, range: Range<u64>, encoding: Encoding) -> (Vec<u8>, Option<&str>, u64) {
    let mut out = Vec::new();
    let mut decoder = Decoder::new(spool, range.clone(), encoding);
    io::Read::read_to_end(&mut decoder, &mut out).expect("readable");
    let mut measuring = Decoder::new(spool, range, encoding);
    let len = measuring.measure().expect("readable");
    assert_eq!(decoder.damage(), measuring.damage());
    (out, decoder.damage(), len)
}

fn check_same(mail: &[u8], spool: &Spool, dice: &mut Dice) {
    let plain = Spool::of(mail);
    assert_eq!(spool.len(), plain.len());
    assert!(spool.slice(0..spool.len()).expect("readable") == mail);
    for _ in 0..12 {
        let from = dice.below(mail.len());
        let to = from + dice.below(mail.len() - from + 1);
        let range = from as u64..to as u64;
        let mut read = Vec::new();
        let mut reader = spool.reader(range.clone());
        io::Read::read_to_end(&mut reader, &mut read).expect("readable");
        assert!(read == mail[from..to], "{range:?}");
        for encoding in [
            Encoding::Base64,
            Encoding::QuotedPrintable,
            Encoding::Identity,
        ] {
            let (a, b) = (
                decoded(spool, range.clone(), encoding),
                decoded(&plain, range.clone(), encoding),
            );
            assert_eq!((a.1, a.2), (b.1, b.2), "{range:?} {encoding:?}");
            assert!(a.0 == b.0, "{range:?} {encoding:?}");
        }
    }
}

#[test]
fn a_file_is_taken_whole_and_the_mail_stays_the_same() {
    let mut dice = Dice(7);
    for (len, width, behind) in [
        (900_000, 76, "\r\n--b--\r\n"),
        (900_001, 60, "\r\n--b--\r\n"),
        (899_999, 72, "--b--\r\n"),
        (57 * 9000, 76, "--b--\r\n"),
        (57 * 9000 - 1, 76, "--b--\r\n"),
        (300_000, 4, "\r\nthe end"),
        (900_000, 996, "--b--\r\n"),
    ] {
        let head = "Subject: x\r\n".repeat(30_000) + "\r\n";
        let file = lines(len, width, &mut dice);
        let mail = [head.as_bytes(), &file, behind.as_bytes()].concat();
        for step in [997, 65_536, 1 << 18] {
            let (_folder, bench, spool) = spooled(&mail, step);
            let taken = bench.0.lock().expect("no panic");
            let body = head.len() as u64..(head.len() + file.len()) as u64;
            assert_eq!(taken.len(), 1, "{len} {width} {step}");
            assert_eq!(taken[0].0, body, "{len} {width} {step}");
            assert_eq!(taken[0].1.len(), len);
            for cut in [0, 2] {
                let part = body.start..body.end - cut;
                let found = decoded(&spool, part, Encoding::Base64);
                assert!(found == (taken[0].1.clone(), None, len as u64));
            }
            check_same(&mail, &spool, &mut dice);
        }
    }
}

#[test]
fn whatever_stands_in_a_mail_comes_back_to_the_byte() {
    let mut dice = Dice(11);
    let mut runs = 0;
    for _ in 0..12 {
        let mut mail = b"a word\r\n".repeat(dice.below(60_000));
        for _ in 0..1 + dice.below(6) {
            let width = [4, 60, 64, 76, 76, 76, 100][dice.below(7)];
            let len = dice.below(400_000);
            let mut file = lines(len, width, &mut dice);
            // Now and then something that no encoder writes.
            for _ in 0..dice.below(3) {
                let at = dice.below(file.len() + 1);
                let odd: [&[u8]; 7] = [b"=", b"\r\n", b"\n", b" ", b"-", b"AAAA", b"\r\n--b\r\n"];
                let odd = odd[dice.below(7)];
                file.splice(at..at, odd.iter().copied());
            }
            mail.extend_from_slice(&file);
            let between: [&[u8]; 4] = [b"--b\r\n", b"\r\n--b\r\n", b"", b"x"];
            mail.extend_from_slice(between[dice.below(4)]);
        }
        if mail.is_empty() {
            continue;
        }
        let step = 1 + dice.below(200_000);
        let (_folder, bench, spool) = spooled(&mail, step);
        runs += bench.0.lock().expect("no panic").len();
        check_same(&mail, &spool, &mut dice);
    }
    assert!(runs > 12, "{runs}");
}

#[test]
fn where_nobody_wants_files_all_of_the_mail_is_in_the_spool() {
    struct Nobody;
    impl Aside for Nobody {
        fn begin(&mut self) -> io::Result<Option<Box<dyn Keeping>>> {
            Ok(None)
        }
    }
    let mut dice = Dice(3);
    let mail = lines(700_000, 76, &mut dice);
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = SpoolWriter::beside(folder.path(), Box::new(Nobody));
    writer.write(&mail).expect("room");
    check_same(&mail, &writer.finish().expect("room"), &mut dice);
}

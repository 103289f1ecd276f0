//! A large mail: how fast it comes in and is understood, and that memory does not notice.
//!
//! `tests/load/figures` runs this with a gibibyte in a release build and prints the figures; else it is small, and proves that it runs.

use cloakroom::mail::outline::Role;
use cloakroom::mail::{Decoder, SkeletonBuilder, SpoolWriter};
use cloakroom::parse;
use cloakroom::wire::dot::{LineEnds, Reader, Stuffer};
use std::io::Read;
use std::time::Instant;

/// Bytes of the mail: `CLOAKROOM_FIGURES_MIB`, or more than memory may take.
fn size() -> usize {
    let wished = std::env::var("CLOAKROOM_FIGURES_MIB").ok();
    wished.map_or(32, |mib| mib.parse().expect("a number")) << 20
}

/// Resident memory at its highest, in KiB (proc_pid_status(5)).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .expect("VmHWM");
    line.split_whitespace()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .expect("a number")
}

/// Seconds this thread has run: unlike the clock on the wall, others on the same machine change it little.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanos = stat.split_whitespace().next().expect("a first field");
    nanos.parse::<f64>().expect("a number") / 1e9
}

fn said<T>(what: &str, bytes: usize, work: impl FnOnce() -> T) -> T {
    let (start, before) = (Instant::now(), cpu());
    let out = work();
    let (seconds, busy) = (start.elapsed().as_secs_f64(), cpu() - before);
    let per_second = |seconds: f64| bytes as f64 / 1e6 / seconds;
    eprintln!(
        "{what}: {:.0} MB/s, {:.0} MB per CPU second, peak {} KiB",
        per_second(seconds),
        per_second(busy),
        peak()
    );
    out
}

#[test]
fn content_passes_the_reader_and_the_stuffer_whole_in_pieces_of_any_size() {
    let text = [b"QUJD".repeat(19), b"\r\n".to_vec()].concat();
    let text = text.repeat(size() / 16 / text.len());
    let wire = [&text[..], b".\r\n"].concat();
    for piece in [4096, 65536] {
        let mut reader = Reader::new(LineEnds::Strict);
        let total = said(&format!("reader, pieces of {piece}"), wire.len(), || {
            let mut total = 0;
            for piece in wire.chunks(piece) {
                reader.feed(piece, |block| total += block.len());
            }
            total
        });
        assert_eq!(total, text.len());
        assert_eq!(reader.flaw(), None);
    }
    let mut stuffer = Stuffer::new();
    let stuffed = said("stuffer", text.len(), || {
        let (mut out, mut total) = (Vec::new(), 0);
        for piece in text.chunks(65536) {
            out.clear();
            stuffer.push(piece, &mut out).expect("no bare line end");
            total += out.len();
        }
        out.clear();
        stuffer.finish(&mut out);
        total + out.len()
    });
    assert_eq!(stuffed, wire.len());
}

#[test]
fn a_large_mail_needs_no_more_memory_than_a_small_one() {
    walk(1 << 20);
    let before = peak();
    walk(size());
    let more = peak() - before;
    assert!(more < 4096, "{more} KiB more than a small mail");
}

/// In, understood, and read back.
fn walk(size: usize) {
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let block = line.repeat(64 * 1024 / line.len());
    let head = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let folder = tempfile::tempdir().expect("a folder");
    let mut skeleton = SkeletonBuilder::new();
    let mut spool = SpoolWriter::new(folder.path());
    let blocks = size / block.len();
    said("skeleton alone", size, || {
        let mut alone = SkeletonBuilder::new();
        alone.push(head.as_bytes());
        (0..blocks).for_each(|_| alone.push(block.as_bytes()));
    });
    let spool = said("intake: spool and skeleton", size, || {
        for piece in std::iter::once(head)
            .chain(std::iter::repeat_n(block.as_str(), blocks))
            .chain(["--b--\r\n"])
        {
            skeleton.push(piece.as_bytes());
            spool.write(piece.as_bytes()).expect("room for it");
        }
        spool.finish().expect("room")
    });
    let skeleton = skeleton.finish();
    let outline = said("parse, which decodes it once", size, || {
        parse::outline(&spool, &skeleton).expect("readable")
    });
    assert_eq!(outline.doubts, []);
    let part = &outline.parts[2];
    assert_eq!(part.role, Role::Attachment);
    assert_eq!(
        part.decoded_len,
        (blocks * (block.len() / line.len()) * 57) as u64
    );
    let read = |mut source: Box<dyn Read + '_>| {
        let mut out = vec![0; 64 * 1024];
        while source.read(&mut out).expect("readable") > 0 {}
    };
    said("reading the spool", size, || {
        read(Box::new(spool.reader(0..spool.len())))
    });
    said("reading it in pieces of 4 KiB by read_at", size, || {
        let mut out = [0; 4096];
        (0..spool.len()).step_by(4096).for_each(|at| {
            spool.read_at(at, &mut out).expect("readable");
        });
    });
    said("decoding base64 out of it", size, || {
        read(Box::new(Decoder::new(
            &spool,
            part.body.clone(),
            part.encoding,
        )))
    });
}

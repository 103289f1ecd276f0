//! A very large mail: how fast it comes in and is understood, and that memory does not notice.
//!
//! `cargo nextest run --release --ignore-rust-version --run-ignored only intake --no-capture` prints the figures.

use cloakroom::mail::outline::Role;
use cloakroom::mail::{Decoder, SkeletonBuilder, SpoolWriter};
use cloakroom::parse;
use std::io::Read;
use std::time::Instant;

const GIB: usize = 1 << 30;

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
#[ignore = "a gibibyte; for figures"]
fn a_mail_of_one_gibibyte_needs_no_more_memory_than_a_small_one() {
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let block = line.repeat(64 * 1024 / line.len());
    let head = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let folder = tempfile::tempdir().expect("a folder");
    let mut skeleton = SkeletonBuilder::new();
    let mut spool = SpoolWriter::new(folder.path());
    let blocks = GIB / block.len();
    let before = peak();
    said("skeleton alone", GIB, || {
        let mut alone = SkeletonBuilder::new();
        alone.push(head.as_bytes());
        (0..blocks).for_each(|_| alone.push(block.as_bytes()));
    });
    let spool = said("intake: spool and skeleton", GIB, || {
        for piece in std::iter::once(head)
            .chain(std::iter::repeat_n(block.as_str(), blocks))
            .chain(["--b--\r\n"])
        {
            skeleton.push(piece.as_bytes());
            spool.write(piece.as_bytes()).expect("room for a gibibyte");
        }
        spool.finish().expect("room")
    });
    let skeleton = skeleton.finish();
    let outline = said("parse, which decodes it once", GIB, || {
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
    said("reading the spool", GIB, || {
        read(Box::new(spool.reader(0..spool.len())))
    });
    said("reading it in pieces of 4 KiB by read_at", GIB, || {
        let mut out = [0; 4096];
        (0..spool.len()).step_by(4096).for_each(|at| {
            spool.read_at(at, &mut out).expect("readable");
        });
    });
    said("decoding base64 out of it", GIB, || {
        read(Box::new(Decoder::new(
            &spool,
            part.body.clone(),
            part.encoding,
        )))
    });
    assert!(
        peak() - before < 4096,
        "{} KiB more than before",
        peak() - before
    );
}

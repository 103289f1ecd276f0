//! I2: what is protected is in nothing that anybody else could read: raw, in base64 at each of its three places, in quoted-printable, in
//! UTF-16.

use super::history::Events;
use super::mails::CANARY;
use memchr::memmem;

/// Says where it is.
pub fn look(events: &Events, log: &str, wrong: &mut Vec<String>) {
    let needles = needles(CANARY.as_bytes());
    let mut search = |what: &str, bytes: &[u8]| {
        let joined = joined(bytes);
        let found = |n: &&Vec<u8>| {
            memmem::find(bytes, n)
                .or(memmem::find(&joined, n))
                .is_some()
        };
        if needles.iter().any(|n| found(&n)) {
            wrong.push(format!("I2 protected content in {what}"));
        }
    };
    search("the log", log.as_bytes());
    for text in &events.texts {
        search("a text message", text.text.as_bytes());
    }
    for copy in &events.copies {
        let letter = events.letters.iter().find(|l| l.from == copy.from);
        if letter.is_none_or(|l| copy.to.iter().any(|to| l.protects(to))) {
            search(&format!("a mail to {:?}", copy.to), &copy.bytes);
        }
    }
}

/// The word raw, in base64 at each of its three places, and in UTF-16. Quoted-printable changes none of its letters.
fn needles(word: &[u8]) -> Vec<Vec<u8>> {
    let wide = |swap: bool| {
        let units = word
            .iter()
            .map(move |b| if swap { [0, *b] } else { [*b, 0] });
        units.collect::<Vec<_>>().concat()
    };
    let mut all = vec![word.to_vec(), wide(false), wide(true)];
    for before in 0..3 {
        let padded = [&b"   "[..before], word].concat();
        let coded = encodify::base64::MIME.encode(&padded[..padded.len() / 3 * 3]);
        // The first group has foreign bits in it.
        all.push(coded.trim_end().as_bytes()[4..].to_vec());
    }
    all
}

/// Without the line ends of encodings.
fn joined(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r\n").unwrap_or(line);
        out.extend_from_slice(line.strip_suffix(b"=").unwrap_or(line));
    }
    out
}

//! Files made to cost whoever reads them everything (reliability.md T36). Each must end within the limits: said to be unreadable, or harmless.

mod archives;
mod building;
mod documents;
mod latency;
mod pages;

use crate::scan::{pool, told};
use std::time::{Duration, Instant};

/// How a bomb must end.
#[derive(Debug, Clone, Copy)]
enum Ends {
    /// Something of it is unreadable, for a reason that begins so.
    Unread(&'static str),
    /// In time; how does not matter.
    Any,
}

/// A name, the bytes, the end.
type Bomb = (&'static str, fn() -> Vec<u8>, Ends);

/// What each may take, in seconds.
const TIME: u64 = 20;

fn all() -> impl Iterator<Item = &'static Bomb> {
    let documents = documents::BOMBS.iter().chain(pages::BOMBS);
    archives::BOMBS.iter().chain(documents)
}

#[test]
fn every_bomb_ends_within_the_limits() {
    let pool = pool(Duration::from_secs(TIME));
    let mut wrong = Vec::new();
    for (name, make, ends) in all() {
        let bytes = make();
        let begun = Instant::now();
        let lines = told(&pool, name, &bytes);
        let took = begun.elapsed();
        let reasons: Vec<_> = lines.iter().filter(|line| line.starts_with('!')).collect();
        println!(
            "{name}: {} bytes, {took:?}, {} pieces, {:?}",
            bytes.len(),
            lines.len(),
            reasons.first()
        );
        // A process that had to be ended is one that its own limits did not end.
        let ended = lines.iter().any(|line| line == "! Crashed");
        let expected = match ends {
            Ends::Unread(why) => reasons.iter().any(|line| line[2..].starts_with(why)),
            Ends::Any => true,
        };
        if !expected || ended || took > Duration::from_secs(TIME + 1) {
            wrong.push(format!("{name}: {took:?} {reasons:?}, not {ends:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_enough_of_them() {
    assert!(all().count() >= 80, "{}", all().count());
}

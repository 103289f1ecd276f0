//! Measures the engine for words and expressions with 10, 100 and 1 000 rules of five patterns each, on texts without matches, with a
//! fixed seed; beside it the program given as `--peer`. Ratios matter: a column is a text, a row a number of rules.

#[allow(dead_code, unused_imports)]
#[path = "../../../src/decide/patterns/mod.rs"]
mod patterns;

use patterns::{Patterns, Scan};
use rustix::time::{ClockId, clock_gettime};
use std::path::Path;
use std::time::{Duration, Instant};

/// A linear congruential generator: the same patterns everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }
}

const RULES: [usize; 3] = [10, 100, 1_000];
const QUICK: [usize; 3] = [1, 2, 4];

/// Of which made-up words of the patterns consist.
const SYLLABLES: &[&str] = &[
    "kon", "fid", "ent", "ver", "trag", "lön", "avtal", "proj", "sek", "ret", "kund", "data",
    "pat", "ient", "rech", "nung", "be", "tal", "ning", "med", "ar", "sig", "under", "plan", "bud",
    "get", "off", "ert", "skydd", "uit", "ker", "ziek", "zorg", "prü", "fung",
];

const ENGLISH: &[&str] = &[
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "is",
    "that",
    "for",
    "it",
    "with",
    "as",
    "was",
    "on",
    "be",
    "at",
    "by",
    "this",
    "have",
    "from",
    "or",
    "one",
    "had",
    "not",
    "but",
    "what",
    "all",
    "were",
    "when",
    "we",
    "there",
    "can",
    "an",
    "your",
    "which",
    "their",
    "report",
    "meeting",
    "please",
    "attached",
    "invoice",
    "regards",
    "Monday",
    "budget",
    "customer",
    "project",
    "contract",
    "information",
    "department",
    "would",
    "following",
    "document",
];

const NORTHERN: &[&str] = &[
    "och",
    "att",
    "det",
    "som",
    "en",
    "på",
    "är",
    "av",
    "för",
    "med",
    "inte",
    "har",
    "till",
    "från",
    "när",
    "över",
    "också",
    "vill",
    "måste",
    "säker",
    "betalning",
    "företag",
    "möte",
    "hälsning",
    "und",
    "der",
    "die",
    "das",
    "nicht",
    "für",
    "über",
    "Rechnung",
    "Grüße",
    "Straße",
    "Vertrag",
    "Prüfung",
    "het",
    "een",
    "van",
    "niet",
    "voor",
    "wij",
    "bijlage",
    "factuur",
    "vergadering",
    "groet",
    "Anlage",
    "gemäß",
    "können",
    "ärende",
    "kommun",
];

fn word(dice: &mut Dice) -> String {
    (0..3 + dice.roll(3)).map(|_| dice.one(SYLLABLES)).collect()
}

/// Seven of ten are words and phrases; beside it, the same for the peer.
fn pattern(dice: &mut Dice, n: usize) -> (String, String) {
    let letter = |n: usize| char::from(b'A' + (n % 26) as u8);
    match n % 10 {
        0..=4 => {
            let word = word(dice);
            (word.clone(), format!(r"i \b{word}\b"))
        }
        5..=6 => {
            let (a, b) = (word(dice), word(dice));
            (format!("{a} {b}"), format!(r"i \b{a}\s+{b}\b"))
        }
        7 => {
            let expression = format!(r"\b{}-[0-9]{{4}}\b", word(dice));
            (format!("/{expression}/"), format!("- {expression}"))
        }
        8 => {
            let expression = format!(r"{}\s+no\.?\s*\d{{6,}}", word(dice));
            (format!("/{expression}/i"), format!("i {expression}"))
        }
        _ => {
            let expression = format!(r"\b{}{}-?\d{{5}}\b", letter(n / 10), letter(n / 260));
            (format!("/{expression}/"), format!("- {expression}"))
        }
    }
}

fn prose(dice: &mut Dice, words: &[&str], size: usize, mark: &str) -> String {
    let mut text = String::new();
    while text.len() < size {
        text += dice.one(words);
        text += match dice.roll(15) {
            0 => ", ",
            1 => ".\n",
            2 if !mark.is_empty() => mark,
            _ => " ",
        };
    }
    text
}

fn csv(dice: &mut Dice, size: usize) -> String {
    let mut text = String::new();
    while text.len() < size {
        let (name, year) = (dice.one(ENGLISH), 1940 + dice.roll(70));
        let (id, amount) = (dice.roll(1_000_000_000), dice.roll(10_000_000));
        text += &format!(
            "{id};{name};{year}-{:02}-{:02};{}.{:02};{}\n",
            1 + dice.roll(12),
            1 + dice.roll(28),
            amount / 100,
            amount % 100,
            dice.roll(99_999)
        );
    }
    text
}

fn texts(size: usize) -> [(&'static str, String); 4] {
    let mut dice = Dice(11);
    [
        ("English", prose(&mut dice, ENGLISH, size, "")),
        (
            "Swedish, German, Dutch",
            prose(&mut dice, NORTHERN, size, ""),
        ),
        (
            "HTML",
            prose(
                &mut dice,
                ENGLISH,
                size,
                "</p>\n<p class=\"text\" style=\"color: #333\">",
            ),
        ),
        ("CSV with numbers", csv(&mut dice, size)),
    ]
}

/// Processor time of this thread: others on the machine count less.
fn now() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime))
        .expect("a clock does not go backwards")
}

/// The median of some runs over all windows of a text, and the matches.
fn scan(scan: &mut Scan<'_>, text: &str, times: usize) -> (Duration, usize) {
    const WINDOW: usize = 256 << 10;
    let mut took = Vec::new();
    let mut matches = 0;
    for _ in 0..times {
        scan.restart();
        let begin = now();
        let mut at = 0;
        while at < text.len() {
            let end = text.ceil_char_boundary(at + WINDOW);
            let around = (
                text.floor_char_boundary(at.saturating_sub(1 << 10)),
                text.ceil_char_boundary(end + (1 << 10)),
            );
            let core = (at - around.0, end - around.0);
            scan.window(&text[around.0..around.1], core, &mut |_, _| matches += 1)
                .expect("in time");
            at = end;
        }
        took.push(now() - begin);
    }
    took.sort_unstable();
    (took[times / 2], matches)
}

/// What the peer needs to compile, and for each text.
fn peer(program: &str, folder: &Path, patterns: &str, times: usize) -> Vec<Duration> {
    let file = folder.join("patterns.txt");
    std::fs::write(&file, patterns).expect("a file");
    let mut command = std::process::Command::new(program);
    command.arg(file).arg(times.to_string());
    let out = command.args((0..4).map(|n| folder.join(format!("{n}.txt"))));
    let out = out.output().expect("the peer starts");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let numbers = said.split_whitespace().filter_map(|n| n.parse().ok());
    numbers.map(Duration::from_nanos).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let quick = arguments.iter().any(|a| a == "--quick");
    let program = arguments
        .iter()
        .position(|a| a == "--peer")
        .and_then(|at| arguments.get(at + 1));
    let (size, times, numbers) = match quick {
        true => (16 << 10, 1, QUICK),
        false => (1 << 20, 21, RULES),
    };
    let folder = std::env::temp_dir().join(format!("cloakroom-patterns-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    println!(
        "| rules | patterns | read in | text | MB/s | time, 10 rules = 1 | Hyperscan reads in | Hyperscan MB/s | ours / Hyperscan |"
    );
    println!("| ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    let texts = texts(size);
    for (n, (_, text)) in texts.iter().enumerate() {
        std::fs::write(folder.join(format!("{n}.txt")), text).expect("a file");
    }
    let mut first = [0.0; 4];
    for rules in numbers {
        let mut dice = Dice(42);
        let all: Vec<(String, String)> = (0..rules * 5).map(|n| pattern(&mut dice, n)).collect();
        let begin = now();
        let mut patterns = Patterns::default();
        for (written, _) in &all {
            patterns.add(written, "").expect("a pattern");
        }
        let (engine, _) = patterns.finish();
        let read = now() - begin;
        let mut running = engine.scan(Instant::now() + Duration::from_secs(600));
        let theirs: String = all.iter().map(|(_, line)| format!("{line}\n")).collect();
        let beside = program.map(|p| peer(p, &folder, &theirs, times));
        for (column, (name, text)) in texts.iter().enumerate() {
            let (took, matches) = scan(&mut running, text, times);
            assert_eq!(matches, 0, "the texts hold none of the patterns");
            let seconds = took.as_secs_f64();
            if rules == numbers[0] {
                first[column] = seconds;
            }
            let speed = |d: Duration| text.len() as f64 / d.as_secs_f64() / 1e6;
            let (compiled, fast, ratio) = match &beside {
                Some(peer) => (
                    format!("{:.1?}", peer[0]),
                    format!("{:.0}", speed(peer[column + 1])),
                    format!("{:.2}", peer[column + 1].as_secs_f64() / seconds),
                ),
                None => Default::default(),
            };
            println!(
                "| {rules} | {} | {read:.0?} | {name} | {:.0} | {:.2} | {compiled} | {fast} | {ratio} |",
                all.len(),
                speed(took),
                seconds / first[column]
            );
        }
    }
    let _ = std::fs::remove_dir_all(folder);
}

//! What detectors find where nothing is: random strings that look like their numbers, and the numbers of everyday mail.
//!
//! `tests/load/detectors` runs this over a million of each and prints the table of the manual's page `detectors`; else it takes fewer, always
//! the same, and proves that the page says what is true.

use cloakroom::decide::detectors::{ALL, Confidence, Detector, Passage, find, named};
use cloakroom::manual::page;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How often, of a million.
const MILLION: f64 = 1e6;

/// SplitMix64: the same numbers everywhere, always.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// `#` is a digit, `@` a letter, `~` a hexadecimal digit; `{8}` repeats what is before it.
    fn like(&mut self, shape: &str) -> String {
        let mut text = String::new();
        for c in unrolled(shape).chars() {
            text.push(match c {
                '#' => char::from(b'0' + self.below(10) as u8),
                '@' => char::from(b'A' + self.below(26) as u8),
                '~' => char::from(b"0123456789abcdef"[self.below(16) as usize]),
                c => c,
            });
        }
        text
    }
}

fn unrolled(shape: &str) -> String {
    let mut text = String::new();
    let mut rest = shape;
    while let Some((before, behind)) = rest.split_once('{') {
        let (count, after) = behind.split_once('}').expect("a closing brace");
        let repeated = before.chars().next_back().expect("something to repeat");
        text.push_str(before);
        let count: usize = count.parse().expect("a count");
        text.extend(std::iter::repeat_n(repeated, count - 1));
        rest = after;
    }
    text + rest
}

/// Numbers that mail is full of and that are nobody's.
const EVERYDAY: &[&str] = &[
    "20##-0#-1#",
    "1#.0#.20##",
    "20##-0#-1#T1#:4#:5#Z",
    "20240#1#",
    "20##-0#-1#-####",
    "1#:0#",
    "#.###,##",
    "##,###.##",
    "€ ####.##",
    "#{6}",
    "#{7}",
    "#{8}",
    "#{9}",
    "#{10}",
    "#{11}",
    "#{12}",
    "#{16}",
    "20##-#{5}",
    "RE-20240#1#-####",
    "@@-#{6}",
    "@#{8}",
    "@#{9}",
    "+31 6 #{8}",
    "06#{8}",
    "+46 70 ### ## ##",
    "070-### ## ##",
    "(030) #{7}",
    "555-###-####",
    "+49 171 #{7}",
    "0171/#{7}",
    "+33 6 ## ## ## ##",
    "1Z###@@##########",
    "JJD0#{17}",
    "@@#{9}NL",
    "00#{18}",
    "~{8}-~{4}-4~{3}-a~{3}-~{12}",
    "~{40}",
    "~{64}",
    "1##.##.1#.1##",
    "#.##.#",
    "1.2.#.#{6}.1.1",
    "40#{11}",
    "978-3-##-#{6}-#",
    "17#{8}",
    "17#{11}",
    "52.#{6}, 4.#{6}",
    "0.#{16}",
    "## ### ###",
    "#### ####",
    "# ## ### # ##",
    "1234 @@",
    "#{5}",
    "##-##-####",
];

type Counts = BTreeMap<&'static str, BTreeMap<Confidence, f64>>;

/// Hits in `lines`, for each detector and class, of a million lines.
fn counts(lines: &[String], wanted: &[&'static Detector]) -> Counts {
    let text = lines.join("\n");
    let mut counts = Counts::new();
    let passage = Passage {
        text: &text,
        headings: &[],
        core: (0, text.len()),
    };
    find(&passage, wanted, &mut |finding| {
        let classes = counts.entry(finding.detector.name).or_default();
        *classes.entry(finding.confidence).or_insert(0.0) += MILLION / lines.len() as f64;
    });
    counts
}

fn everyday(chance: &mut Chance, lines: usize) -> Counts {
    let line = |_| {
        let shape = EVERYDAY[chance.below(EVERYDAY.len() as u64) as usize];
        chance.like(shape)
    };
    counts(&(0..lines).map(line).collect::<Vec<_>>(), ALL)
}

/// A row of the page: of a million of a shape, how many pass; of a million everyday numbers, how many are found in which class.
struct Row {
    detector: &'static Detector,
    shape: String,
    pass: f64,
    classes: [f64; 3],
}

fn documented() -> Vec<Row> {
    let text = page("detectors").expect("the page is in the manual").text;
    let (_, rest) = text.split_once("\n## By chance\n").expect("the section");
    let section = rest.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let number = |cell: &str| -> f64 { cell.replace(' ', "").parse().expect("a number") };
        let bare = |cell: &str| cell.trim_matches('`').to_owned();
        Row {
            detector: named(&bare(cells[0])).unwrap_or_else(|| panic!("{row}")),
            shape: bare(cells[1]),
            pass: number(cells[2]),
            classes: [3, 4, 5].map(|at| number(cells[at])),
        }
    })
    .collect()
}

fn measured(rows: &[Row], lines: usize) -> Vec<Row> {
    let mut chance = Chance(4);
    let everyday = everyday(&mut chance, lines);
    let row = |row: &Row| {
        let shaped: Vec<String> = (0..lines).map(|_| chance.like(&row.shape)).collect();
        let found = counts(&shaped, &[row.detector]);
        let class = |class| {
            everyday
                .get(row.detector.name)
                .and_then(|c| c.get(&class))
                .copied()
                .unwrap_or(0.0)
        };
        Row {
            detector: row.detector,
            shape: row.shape.clone(),
            pass: found.values().flat_map(|classes| classes.values()).sum(),
            classes: [Confidence::Low, Confidence::Medium, Confidence::High].map(class),
        }
    };
    rows.iter().map(row).collect()
}

/// `12 300`, three digits that count.
fn shown(count: f64) -> String {
    let unit = 10f64.powf((count.max(1.0).log10().floor() - 2.0).max(0.0));
    let digits = format!("{}", ((count / unit).round() * unit) as u64);
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| detector | shape | of a million pass | everyday: low | medium | high |\n|---|---|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let classes = row.classes.map(shown).join(" | ");
        let (name, shape, pass) = (row.detector.name, &row.shape, shown(row.pass));
        writeln!(text, "| `{name}` | `{shape}` | {pass} | {classes} |")
            .expect("a String takes everything");
    }
    text
}

#[test]
fn the_page_says_what_is_found_by_chance() {
    let lines = std::env::var("CLOAKROOM_RATES")
        .map_or(20_000, |lines| lines.parse().expect("a number of lines"));
    let rows = documented();
    let measured = measured(&rows, lines);
    println!("{}", table(&measured));
    for (row, now) in rows.iter().zip(&measured) {
        let name = row.detector.name;
        near(name, row.pass, now.pass, lines);
        for (documented, measured) in row.classes.iter().zip(now.classes) {
            near(name, *documented, measured, lines);
        }
    }
}

/// A third more or less, and what chance does with so few lines: five standard deviations.
fn near(name: &str, documented: f64, measured: f64, lines: usize) {
    let deviation = (documented.max(1.0) * MILLION / lines as f64).sqrt();
    let distance = (documented - measured).abs();
    assert!(
        distance <= documented / 3.0 + 5.0 * deviation,
        "{name}: {documented} in the page, {measured} measured"
    );
}

#[test]
fn every_number_has_a_row() {
    let rows = documented();
    for detector in ALL.iter().filter(|detector| !detector.lengths.is_empty()) {
        let there = rows.iter().any(|row| row.detector.name == detector.name);
        assert!(there, "{} is not in the page", detector.name);
    }
}

#[test]
fn the_page_says_what_each_detector_counts() {
    let text = page("detectors").expect("the page is in the manual").text;
    for detector in ALL {
        let bare = detector.bare.map_or("–".to_owned(), |class| {
            format!("{class:?}").to_lowercase()
        });
        let with = format!("{:?}", detector.with_context).to_lowercase();
        let start = format!("| `{}` | ", detector.name);
        let row = text
            .lines()
            .find(|line| line.starts_with(&start))
            .unwrap_or_else(|| panic!("{start}"));
        assert!(row.ends_with(&format!(" | {bare} | {with} |")), "{row}");
    }
}

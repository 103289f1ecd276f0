//! What the scanner promises whatever the detector: places, context, tables, time.

use super::characters::{Kind, kind};
use super::sample::{all, found};
use super::{ALL, Candidate, Finding, Passage, find, nl};
use std::time::{Duration, Instant};

const NUMBER: &str = "999992764";

fn rows(count: usize) -> String {
    (0..count)
        .map(|row| format!("A. Person\t{row}\t{NUMBER}\n"))
        .collect()
}

fn headings() -> Vec<String> {
    ["Naam", "Volgnr", "klantBsn"].map(str::to_owned).to_vec()
}

fn of_bsn(text: &str, headings: &[String]) -> Vec<Finding> {
    all(text, headings, &[nl::BSN])
}

#[test]
fn a_heading_counts_for_every_row_of_its_column() {
    let text = rows(5_000);
    let before = Instant::now();
    let findings = of_bsn(&text, &headings());
    assert!(before.elapsed() < Duration::from_secs(2));
    assert_eq!(findings.len(), 5_000);
    for finding in findings {
        assert_eq!(format!("{:?}", finding.confidence), "High");
        assert_eq!(finding.context, Some(("Bsn".to_owned(), None)));
    }
}

#[test]
fn a_number_does_not_take_the_heading_of_its_neighbour() {
    let text = "BSN\tOrder\n111222333\t123456782\n";
    let headings = ["BSN", "Order"].map(str::to_owned);
    let classes: Vec<String> = of_bsn(text, &headings)
        .iter()
        .map(|f| format!("{:?}", f.confidence))
        .collect();
    assert_eq!(classes, ["High", "Low"]);
}

#[test]
fn a_word_beside_a_number_or_above_it_counts_in_a_table() {
    let headings = ["", "", ""].map(str::to_owned);
    for (text, want) in [
        ("BSN\t123456782\n", "High"),
        ("x\tBSN\nx\t123456782\n", "High"),
        ("BSN\tx\nx\t123456782\n", "Low"),
        ("x\t123456782\nBSN\tx\n", "Low"),
    ] {
        let findings = of_bsn(text, &headings);
        assert_eq!(format!("{:?}", findings[0].confidence), want, "{text}");
    }
}

#[test]
fn a_word_is_near_up_to_three_hundred_characters() {
    for (between, want) in [(300, Some(300)), (301, None)] {
        let gap = format!(" {} ", "ä".repeat(between - 2));
        for text in [format!("BSN{gap}{NUMBER}"), format!("{NUMBER}{gap}BSN")] {
            let findings = of_bsn(&text, &[]);
            let distance = findings[0]
                .context
                .as_ref()
                .and_then(|(_, distance)| *distance);
            assert_eq!(distance, want);
        }
    }
}

#[test]
fn the_nearer_word_is_the_evidence() {
    let findings = of_bsn("Sofinummer, long ago. 999992764 (BSN)", &[]);
    assert_eq!(findings[0].context, Some(("BSN".to_owned(), Some(2))));
}

#[test]
fn only_what_begins_in_the_core_is_reported() {
    let text = format!("{NUMBER}, {NUMBER}, {NUMBER}");
    let mut places = Vec::new();
    let passage = Passage {
        text: &text,
        headings: &[],
        core: (1, 22),
    };
    find(&passage, &[nl::BSN], &mut |f| {
        places.push((f.range.start, f.range.end))
    });
    assert_eq!(places, [(11, 20)]);
}

#[test]
fn digits_of_other_scripts_and_invisible_characters_hide_nothing() {
    for written in [
        "９９９９９２７６４",
        "٩٩٩٩٩٢٧٦٤",
        "999\u{200b}992\u{ad}764",
        "\u{202a}999992764\u{202c}",
        "999\u{a0}992\u{a0}764",
        "999\u{2011}992\u{2011}764",
        "999\u{2009}992\u{202f}764",
        "9\u{fe0f}\u{20e3}99992764",
    ] {
        let text = format!("bsn {written}");
        assert_eq!(found(&text), ["bsn High 999992764"], "{written:?}");
        let finding = &of_bsn(&text, &[])[0];
        assert!(
            text[finding.range.clone()]
                .starts_with(written.trim_matches('\u{202a}').chars().next().unwrap())
        );
    }
}

#[test]
fn cells_and_lines_are_not_joined() {
    for text in [
        "bsn 999\t992\t764",
        "bsn 999992\n764",
        "bsn 999992,764",
        "bsn 999  992  764",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn a_number_is_found_once_wherever_it_stands() {
    for text in [
        "(999992764)",
        "=999992764;",
        "\"999992764\"",
        "a 12 999992764 b",
        "999992764",
        "/999992764.",
        "bsn_999992764.pdf",
        "999992764.0",
        "999992764/999992764x",
        "番号999992764です",
    ] {
        assert_eq!(of_bsn(text, &[]).len(), 1, "{text}");
    }
    let list = [NUMBER; 300].join(" ");
    assert_eq!(of_bsn(&list, &[]).len(), 300);
}

#[test]
fn pieces_of_longer_things_are_not_numbers() {
    for text in [
        "550e8400-e29b-41d4-a716-999992764000",
        "99999276-4e29-41d4-a716-446655440000",
        "0.999992764",
        "x999992764",
        "999992764x",
        "9999927640",
        "1.2.999.992.764.1",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "+999992764",
        "+31 999992764",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

/// Debug builds are slow; what is quadratic is slower by far.
#[test]
fn time_is_linear_whatever_the_text_is_made_of() {
    const MIB: usize = 1 << 20;
    for unit in [
        "1 ",
        "11 ",
        "1",
        "a1",
        "a1 ",
        "1111 ",
        "123456782 ",
        "9",
        "a",
        "\u{200b}",
        "1\u{200b}",
        "aa ",
        "1\t",
        "+1 ",
        "bsn 1",
        "1 - ",
        "AB 1 CD ",
        "811228-9874 bsn ",
        "eyJ-",
        "{\"kty\" ",
        "P< ",
        "x://a:b@c.de ",
    ] {
        let text = unit.repeat(MIB / 32 / unit.len());
        let headings = vec!["bsn".to_owned(); 10];
        for headings in [&[][..], &headings] {
            let before = Instant::now();
            drop(all(&text, headings, ALL));
            assert!(before.elapsed() < Duration::from_secs(8), "{unit:?}");
        }
    }
}

/// Texts out of what numbers are made of, the same in every run: nothing panics, every finding stands where it says, passes its check and
/// touches no letter or digit, and a window of the text finds what the whole text does.
#[test]
fn findings_are_what_they_say_in_any_text() {
    const PIECES: &[&str] = &[
        "1",
        "9",
        "0",
        "42",
        "999992764",
        "811228",
        "9874",
        "-",
        "-",
        " ",
        " ",
        ".",
        "/",
        "+",
        "\t",
        "\n",
        ",",
        "NL91",
        "ABNA",
        "0417",
        "1643",
        "00",
        "DE89370400440532013000",
        "4111",
        "1111",
        "\u{a0}",
        "\u{200b}",
        "\u{ad}",
        "٣",
        "９",
        "é",
        "番",
        "bsn",
        "card",
        "x",
        "X",
        "756",
        "(",
        "\u{202e}",
        "🔑",
        "85073003328",
        "_",
    ];
    let mut state = 1u64;
    let mut next = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let mut seen = 0;
    for round in 0..300 {
        let text: String = (0..next(120)).map(|_| PIECES[next(PIECES.len())]).collect();
        let headings = vec!["bsn".to_owned(); round % 3];
        let findings = all(&text, &headings, ALL);
        seen += findings.len();
        for finding in &findings {
            let written = &text[finding.range.clone()];
            assert!(!written.is_empty(), "{text:?}");
            if finding.detector.lengths.is_empty() {
                continue;
            }
            let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            assert!(
                !touches(text[..finding.range.start].chars().next_back()),
                "{text:?}"
            );
            assert!(
                !touches(text[finding.range.end..].chars().next()),
                "{text:?}"
            );
            let compact: String = written
                .chars()
                .filter_map(|c| match kind(c) {
                    Kind::Digit(b) | Kind::Letter(b) => Some(char::from(b)),
                    _ => None,
                })
                .collect();
            let candidate = Candidate {
                written,
                compact: &compact,
            };
            let checked = (finding.detector.check)(&candidate).expect("it passed");
            assert!(checked.value == finding.value, "{text:?}");
        }
        let middle = (0..text.len() / 2)
            .rev()
            .find(|&at| text.is_char_boundary(at))
            .unwrap_or(0);
        let mut halves = Vec::new();
        for core in [(0, middle), (middle, text.len())] {
            let passage = Passage {
                text: &text,
                headings: &headings,
                core,
            };
            find(&passage, ALL, &mut |finding| halves.push(finding));
        }
        let places = |findings: &[Finding]| {
            let mut places: Vec<_> = findings
                .iter()
                .map(|f| (f.range.start, f.detector.name, f.confidence))
                .collect();
            places.sort();
            places
        };
        assert_eq!(places(&halves), places(&findings), "{text:?}");
    }
    assert!(seen > 150, "{seen}");
}

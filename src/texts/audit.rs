//! What must be true of every sentence in every language: there, sayable, in its own language, set as its readers set it, and short enough.

use super::own::ORDINARY;
use super::*;
use encoding_rs::{Encoding, ISO_8859_2, WINDOWS_1252};
use std::collections::BTreeSet;

/// Words that are the same in English and there.
#[rustfmt::skip]
const SAME: &[(&str, &[&str])] = &[
    ("de", &["footer-transfer", "code-label", "type-film", "type-mail", "type-text", "receipt-transfer"]),
    ("sv", &["type-film", "type-slides", "type-text", "written-from"]),
    ("nl", &["footer-privacy", "footer-transfer", "code-label", "files-details", "files-type", "type-film", "type-mail", "receipt-transfer", "written-from"]),
    ("fr", &["code-label", "files-type", "files-message", "message-date", "type-archive", "written-from"]),
    ("es", &["page-title-error", "prefs-no"]),
    ("it", &["prefs-no", "unlock-password", "type-file", "type-film", "receipt-password"]),
    ("pl", &["written-from"]),
];

/// Only what is filled in, or the name of a method: the same everywhere.
const NO_WORDS: [&str; 3] = ["files-checksum", "page-title", "receipt-password-other"];

/// Not read as sentences: a text message has an alphabet of its own, commands are words that people type.
fn is_prose(key: &str) -> bool {
    key != "sms" && !key.starts_with("command-")
}

/// Every message of a file as it is written, from its key to the next.
fn messages(source: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut key = String::new();
    let said = |line: &&str| !line.is_empty() && !line.starts_with('#');
    for line in source.lines().filter(said) {
        let begun = line.split_once(" =").filter(|_| !line.starts_with(' '));
        let text = match begun {
            Some((name, rest)) => {
                key = name.to_owned();
                rest
            }
            None => line,
        };
        let message = found.entry(key.clone()).or_default();
        message.push_str(text);
        message.push('\n');
    }
    found
}

fn in_english(key: &str) -> String {
    messages(LANGUAGES[0].1)[key].clone()
}

fn source(language: &str) -> &'static str {
    let found = LANGUAGES.iter().find(|(name, _)| *name == language);
    found.expect("we have it").1
}

#[test]
fn nothing_is_left_in_english() {
    for (language, source) in &LANGUAGES[1..] {
        let same = SAME.iter().find(|(name, _)| name == language);
        let allowed = same.expect("every language has its row").1;
        for (key, text) in messages(source) {
            let is_same = text == in_english(&key) && !NO_WORDS.contains(&key.as_str());
            assert_eq!(
                is_same,
                allowed.contains(&key.as_str()),
                "{language}: {key}: {text}"
            );
        }
    }
}

/// Polish has a form for 2 to 4; in French 0 is singular, so that no singular may say "1" by itself.
#[test]
fn plurals_have_the_forms_of_their_language() {
    for (key, text) in messages(source("pl")) {
        let forms = ["[one]", "[few]", "*[many]"].map(|form| text.contains(form));
        assert!(
            forms == [true; 3] || forms == [false; 3],
            "pl: {key}: {text}"
        );
        assert!(
            !text.contains("[other]") || text.contains("$by"),
            "pl: {key}"
        );
    }
    for (key, text) in messages(source("fr")) {
        let mut singular = text.lines().filter(|line| line.contains("[one]"));
        let digit = |line: &str| line.contains(|c: char| c.is_ascii_digit());
        assert!(!singular.any(digit), "fr: {key}: {text}");
    }
    for (language, source) in LANGUAGES.iter().filter(|(name, _)| *name != "pl") {
        for (key, text) in messages(source) {
            let is_whole = !text.contains("[one]") || text.contains("*[other]");
            assert!(is_whole, "{language}: {key}: {text}");
            assert!(!text.contains("[few]"), "{language}: {key}");
        }
    }
}

/// The names of our own things are found in a text by what stands between `{` and `}`.
fn bare(text: &str) -> String {
    let mut out = String::new();
    for piece in text.split('{') {
        out.push_str(piece.split_once('}').map_or(piece, |(_, rest)| rest));
    }
    out
}

#[test]
fn french_has_its_spaces() {
    for (key, text) in messages(source("fr")) {
        let text: Vec<char> = bare(&text).chars().collect();
        for pair in text.windows(2).filter(|_| is_prose(&key)) {
            let right = match pair[1] {
                ':' | '»' => pair[0] == '\u{a0}',
                ';' | '?' | '!' => pair[0] == '\u{202f}',
                _ => pair[0] != '«' || pair[1] == '\u{a0}',
            };
            assert!(right, "{key}: {pair:?}");
        }
    }
}

#[test]
fn questions_and_quotations_are_set_as_in_the_country() {
    for (language, foreign) in [
        ("es", &["\"", "“", "”", "„"][..]),
        ("it", &["\"", "“", "”", "„"]),
        ("fr", &["\"", "“", "”", "„"]),
        ("pl", &["\"", "“", "«", "»"]),
    ] {
        for (key, text) in messages(source(language)) {
            assert!(
                foreign.iter().all(|sign| !text.contains(sign)),
                "{language}: {key}: {text}"
            );
            if language == "es" {
                let (open, close) = (text.matches('¿').count(), text.matches('?').count());
                assert_eq!(open, close, "{key}: {text}");
            }
        }
    }
}

/// So that a mail in that charset keeps it when a block comes in.
#[test]
fn the_block_can_be_written_in_the_charset_of_its_country() {
    for (language, source) in LANGUAGES {
        let charset: &'static Encoding = match language {
            "pl" => ISO_8859_2,
            _ => WINDOWS_1252,
        };
        for (key, text) in messages(source) {
            let block = ["block-", "sealed-"].iter().any(|b| key.starts_with(b));
            let (bytes, _, unmappable) = charset.encode(&text);
            // What Windows puts at 0x80 to 0x9F is nothing in ISO 8859.
            let fits = !unmappable && !bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
            assert!(fits || !block, "{language}: {key}: {text}");
        }
    }
}

#[test]
fn a_text_message_is_one_message_of_seven_bits() {
    let texts = Texts::new(&[]);
    for (language, _) in LANGUAGES {
        let arguments = ORDINARY.map(|(name, text)| (name, text.into()));
        let said = texts.say(language, "sms", &arguments) + "\n@files.example.org #K7PM2WXD9RQF";
        assert!(gsm::is_gsm(&said), "{language}: {said}");
        assert_eq!(gsm::messages(&said), 1, "{language}: {said}");
    }
}

/// Every key of a file with the arguments its message uses.
fn keys(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let mut key = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
            key = name.to_owned();
            assert!(
                found.insert(key.clone(), BTreeSet::new()).is_none(),
                "{key} stands twice"
            );
        }
        for piece in line.split("{ $").skip(1) {
            let end = piece
                .find(|c: char| !c.is_ascii_lowercase())
                .unwrap_or(piece.len());
            found
                .get_mut(&key)
                .expect("an argument stands in a message")
                .insert(piece[..end].to_owned());
        }
    }
    found
}

#[test]
fn every_language_has_every_key_with_the_same_arguments() {
    let english = keys(LANGUAGES[0].1);
    assert!(english.len() > 100, "the keys were read");
    for (language, source) in LANGUAGES {
        let these = keys(source);
        for (key, arguments) in &english {
            assert_eq!(these.get(key), Some(arguments), "{language}: {key}");
        }
        assert_eq!(these.len(), english.len(), "{language} has keys of its own");
    }
}

#[test]
fn every_sentence_can_be_said_without_an_error() {
    let texts = Texts::new(&[]);
    for (language, source) in LANGUAGES {
        for (key, arguments) in keys(source) {
            for count in [0, 1, 2, 5, 22] {
                let arguments: FluentArgs = arguments
                    .iter()
                    .map(|name| match name.as_str() {
                        "count" | "days" | "tries" => (name.as_str(), Value::from(count)),
                        _ => (name.as_str(), Value::from("x")),
                    })
                    .collect();
                let bundle = &texts.bundles[language];
                let message = bundle.get_message(&key).expect("it was listed");
                let pattern = message.value().expect("every key has a value");
                let mut errors = Vec::new();
                let said = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
                assert!(errors.is_empty(), "{language}: {key}: {errors:?}");
                assert!(!said.contains(['{', '\u{2068}']), "{language}: {said}");
            }
        }
    }
}

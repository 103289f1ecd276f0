//! Rules for passwords, and the making of passwords that keep them.
//!
//! Promises: what is made here keeps the rules in force, whatever they are, and has 60 bits at least, or is marked as weaker so that its
//! wrap costs more. Rules can only be joined to stricter ones.
//! Leaves to others: whether a password can be guessed from dictionaries (`decide::guessable`), who has to keep which rules (`decide`).

use super::Password;
use crate::mail::id::random;
use serde::{Deserialize, Serialize};
use std::fmt;

/// No rule may ask for more characters: passwords are read to somebody on the telephone.
pub const MOST_ASKED: usize = 32;

/// A chosen password has at most so many characters.
pub const LONGEST: usize = 128;

/// So many neighbours of the alphabet, of a keyboard or of the numbers are a sequence; so many equal characters a repetition.
const RUN: usize = 3;

/// Rows of keyboards, and what else people count up.
const ROWS: [&str; 8] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
];

/// What a password must be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PasswordRules {
    /// Characters at least, at most [`MOST_ASKED`].
    pub min_length: usize,
    /// A capital letter.
    pub upper: bool,
    /// A small letter.
    pub lower: bool,
    /// A digit.
    pub digit: bool,
    /// A character that is neither letter nor digit.
    pub special: bool,
    /// No `abc`, `321` or `qwe`.
    pub no_sequences: bool,
    /// No `aaa`.
    pub no_repeats: bool,
    /// Nothing that programs guess early: words, names, dates, known passwords.
    pub no_words: bool,
    /// What made ones look like.
    pub style: Style,
}

/// What made passwords look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Style {
    /// `K7PM-2WXD-9RQF`: easy to read out and to type; capitals make no difference.
    #[default]
    Grouped,
    /// `hT4mWq9rKz3v`: capitals and small letters.
    Mixed,
    /// `4829 1730 5561`: for keypads.
    Digits,
    /// `amber-canoe-…`: six English words.
    Words,
}

/// The words of [`Style`].
pub const STYLES: &[(&str, Style)] = &[
    ("grouped", Style::Grouped),
    ("mixed", Style::Mixed),
    ("digits", Style::Digits),
    ("words", Style::Words),
];

/// The words of rules, besides `12 characters`.
pub const WORDS: &[&str] = &[
    "upper",
    "lower",
    "digit",
    "special",
    "no-sequences",
    "no-repeats",
    "no-words",
];

/// A rule that a password does not keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// It has fewer characters.
    TooShort(usize),
    /// It has more than [`LONGEST`] characters, or ones that nobody can type.
    Unfit,
    /// No capital letter.
    NoUpper,
    /// No small letter.
    NoLower,
    /// No digit.
    NoDigit,
    /// Nothing but letters and digits.
    NoSpecial,
    /// `abc`
    Sequence,
    /// `aaa`
    Repeat,
    /// A program would guess it early.
    Guessable,
}

/// A password, and how it is to be locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The password.
    pub password: Password,
    /// Capitals count when it is typed.
    pub exact: bool,
    /// It has fewer than 60 bits.
    pub weak: bool,
}

impl Made {
    /// One that a person chose: it is typed as it is, and may be easy to guess.
    pub fn chosen(password: &Password) -> Self {
        Made {
            password: password.clone(),
            exact: true,
            weak: true,
        }
    }
}

impl PasswordRules {
    /// What holds where nobody says anything.
    pub fn usual() -> Self {
        PasswordRules {
            min_length: 8,
            no_words: true,
            ..PasswordRules::default()
        }
    }

    /// Adds a rule in the words of policy files: `12 characters`, or one of [`WORDS`]. False if it is none.
    pub fn add(&mut self, word: &str) -> bool {
        let flag = match word {
            "upper" => &mut self.upper,
            "lower" => &mut self.lower,
            "digit" => &mut self.digit,
            "special" => &mut self.special,
            "no-sequences" => &mut self.no_sequences,
            "no-repeats" => &mut self.no_repeats,
            "no-words" => &mut self.no_words,
            _ => return self.add_length(word),
        };
        *flag = true;
        true
    }

    fn add_length(&mut self, word: &str) -> bool {
        let number = word.strip_suffix("characters").map(str::trim);
        let Some(length) = number.and_then(|n| n.parse().ok()) else {
            return false;
        };
        self.min_length = self.min_length.max(length);
        (1..=MOST_ASKED).contains(&length)
    }

    /// The rules in the words of policy files.
    pub fn words(&self) -> Vec<String> {
        let flags = [
            self.upper,
            self.lower,
            self.digit,
            self.special,
            self.no_sequences,
            self.no_repeats,
            self.no_words,
        ];
        let length = (self.min_length > 0).then(|| format!("{} characters", self.min_length));
        let said = WORDS.iter().zip(flags).filter(|(_, on)| *on);
        length
            .into_iter()
            .chain(said.map(|(word, _)| (*word).to_owned()))
            .collect()
    }

    /// Both of them: what either asks for. The style is ours.
    pub fn and(&self, other: &PasswordRules) -> Self {
        PasswordRules {
            min_length: self.min_length.max(other.min_length),
            upper: self.upper | other.upper,
            lower: self.lower | other.lower,
            digit: self.digit | other.digit,
            special: self.special | other.special,
            no_sequences: self.no_sequences | other.no_sequences,
            no_repeats: self.no_repeats | other.no_repeats,
            no_words: self.no_words | other.no_words,
            style: self.style,
        }
    }

    /// What of it a password does not keep. Whether it can be guessed is not looked at here.
    pub fn broken(&self, password: &Password) -> Vec<Broken> {
        let text = password.expose().trim();
        let count = text.chars().count();
        let has = |is: fn(char) -> bool| text.chars().any(is);
        let special = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
        let rows = [
            (count < self.min_length, Broken::TooShort(self.min_length)),
            (count > LONGEST || has(char::is_control), Broken::Unfit),
            (self.upper && !has(char::is_uppercase), Broken::NoUpper),
            (self.lower && !has(char::is_lowercase), Broken::NoLower),
            (self.digit && !has(char::is_numeric), Broken::NoDigit),
            (self.special && !has(special), Broken::NoSpecial),
            (self.no_sequences && has_sequence(text), Broken::Sequence),
            (self.no_repeats && has_repeat(text), Broken::Repeat),
        ];
        let found = rows.into_iter().filter(|(broken, _)| *broken);
        found.map(|(_, rule)| rule).collect()
    }

    /// A new password that keeps them.
    pub fn make(&self) -> Made {
        loop {
            // Most of the time the first; a chance sequence or a class that is missing costs a few more.
            let password = Password::given(&self.draw());
            if self.broken(&password).is_empty() {
                let style = self.made_style();
                return Made {
                    password,
                    exact: style == Style::Mixed,
                    weak: style == Style::Digits && self.length(12) < 18,
                };
            }
        }
    }

    /// The style, or the one that has every class.
    fn made_style(&self) -> Style {
        let fits = match self.style {
            Style::Grouped => !self.lower,
            Style::Mixed => true,
            Style::Digits => !(self.upper || self.lower || self.special),
            Style::Words => !(self.upper || self.digit),
        };
        match fits {
            true => self.style,
            false => Style::Mixed,
        }
    }

    fn draw(&self) -> String {
        match self.made_style() {
            Style::Grouped => grouped((self.length(14) + 1).div_ceil(5)),
            Style::Mixed => mixed(self.length(14), self.special),
            Style::Digits => digits(self.length(12)),
            Style::Words => words(self.length(24).div_ceil(4)),
        }
    }

    fn length(&self, usual: usize) -> usize {
        self.min_length.clamp(usual, MOST_ASKED)
    }
}

impl Style {
    /// Its word in policy files.
    pub fn word(self) -> &'static str {
        let found = STYLES.iter().find(|(_, style)| *style == self);
        found.map_or("grouped", |(word, _)| word)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::TooShort(least) => write!(f, "it needs at least {least} characters"),
            Broken::Unfit => write!(f, "it has more than {LONGEST} characters, or strange ones"),
            Broken::NoUpper => f.write_str("it needs a capital letter"),
            Broken::NoLower => f.write_str("it needs a small letter"),
            Broken::NoDigit => f.write_str("it needs a digit"),
            Broken::NoSpecial => f.write_str("it needs a character besides letters and digits"),
            Broken::Sequence => f.write_str("it has a sequence such as abc, 321 or qwe"),
            Broken::Repeat => f.write_str("it repeats a character three times"),
            Broken::Guessable => f.write_str("it can be guessed: use several unusual words"),
        }
    }
}

/// Neighbours in one of the rows, up or down.
fn has_sequence(text: &str) -> bool {
    let small: Vec<char> = text.to_lowercase().chars().collect();
    small.windows(RUN).any(|run| {
        let up: String = run.iter().collect();
        let down: String = run.iter().rev().collect();
        ROWS.iter()
            .any(|row| row.contains(&up) || row.contains(&down))
    })
}

fn has_repeat(text: &str) -> bool {
    let small: Vec<char> = text.to_lowercase().chars().collect();
    small
        .windows(RUN)
        .any(|run| run.iter().all(|c| *c == run[0]))
}

/// Groups of four of the characters that nobody mistakes for each other.
fn grouped(groups: usize) -> String {
    let one = || String::from_utf8_lossy(&crate::mail::id::random_characters::<4>()).into_owned();
    (0..groups).map(|_| one()).collect::<Vec<_>>().join("-")
}

fn mixed(length: usize, special: bool) -> String {
    // Without I, l, O, o, 0 and 1.
    let letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    let alphabet = if special {
        format!("{letters}-+=?!#%*")
    } else {
        letters.to_owned()
    };
    drawn(length, alphabet.as_bytes())
}

/// In groups of four.
fn digits(length: usize) -> String {
    let all = drawn(length, b"0123456789");
    let groups = all.as_bytes().chunks(4).map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(" ")
}

/// Words that can be told apart by their first four letters.
fn words(count: usize) -> String {
    let list = bip39::Language::English.word_list();
    let one = |_| {
        let number = u16::from_be_bytes(random::<2>()) % 2048;
        list[usize::from(number)]
    };
    (0..count).map(one).collect::<Vec<_>>().join("-")
}

/// Each with the same chance: bytes beyond the last whole multiple are thrown away.
fn drawn(length: usize, alphabet: &[u8]) -> String {
    let fair = 256 - 256 % alphabet.len();
    let bytes = std::iter::repeat_with(random::<32>).flatten();
    let fit = bytes.map(usize::from).filter(|byte| *byte < fair);
    fit.take(length)
        .map(|byte| char::from(alphabet[byte % alphabet.len()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uppsala() -> PasswordRules {
        PasswordRules {
            min_length: 12,
            upper: true,
            lower: true,
            no_sequences: true,
            ..PasswordRules::default()
        }
    }

    fn broken(rules: &PasswordRules, text: &str) -> Vec<Broken> {
        rules.broken(&Password::given(text))
    }

    #[test]
    fn each_rule_is_broken_by_its_own_password() {
        let all = PasswordRules {
            min_length: 8,
            digit: true,
            special: true,
            no_repeats: true,
            ..uppsala()
        };
        let rows = [
            ("Kaffe7!mugg", vec![]),
            ("Kaf7!mu", vec![Broken::TooShort(8)]),
            (" Kaf7!mu ", vec![Broken::TooShort(8)]),
            ("kaffe7!mugg", vec![Broken::NoUpper]),
            ("KAFFE7!MUGG", vec![Broken::NoLower]),
            ("Kaffe!mugg", vec![Broken::NoDigit]),
            ("Kaffe7mugg", vec![Broken::NoSpecial]),
            ("Kaffe7 mugg", vec![Broken::NoSpecial]),
            ("Kaffe7!mUGfed", vec![Broken::Sequence]),
            ("Kaffe7!mREWq", vec![Broken::Sequence]),
            ("Kaffe7!890", vec![Broken::Sequence]),
            ("KafFfe7!mugg", vec![Broken::Repeat]),
            ("Åäö7!mugg", vec![]),
            ("Kaffe7!mu\u{7}gg", vec![Broken::Unfit]),
        ];
        for (text, expected) in rows {
            assert_eq!(broken(&all, text), expected, "{text}");
        }
        let long = "aB3-".repeat(33);
        assert_eq!(broken(&uppsala(), &long), [Broken::Unfit]);
    }

    #[test]
    fn what_is_made_keeps_every_combination_of_rules() {
        for (_, style) in STYLES {
            for bits in 0..64u32 {
                for min_length in [0, 8, 20, MOST_ASKED] {
                    let on = |bit: u32| bits & (1 << bit) != 0;
                    let rules = PasswordRules {
                        min_length,
                        upper: on(0),
                        lower: on(1),
                        digit: on(2),
                        special: on(3),
                        no_sequences: on(4),
                        no_repeats: on(5),
                        no_words: true,
                        style: *style,
                    };
                    let made = rules.make();
                    assert_eq!(rules.broken(&made.password), [], "{rules:?}");
                    assert!(made.password.expose().len() >= 14, "{rules:?}");
                }
            }
        }
    }

    #[test]
    fn each_style_looks_as_it_should() {
        let made = |style| {
            let rules = PasswordRules {
                style,
                ..PasswordRules::default()
            };
            let made = rules.make();
            (made.password.expose().to_owned(), made.exact, made.weak)
        };
        let (grouped, exact, weak) = made(Style::Grouped);
        assert_eq!((grouped.len(), exact, weak), (14, false, false));
        let (mixed, exact, weak) = made(Style::Mixed);
        assert_eq!((mixed.len(), exact, weak), (14, true, false));
        let (digits, exact, weak) = made(Style::Digits);
        assert_eq!((digits.len(), exact, weak), (14, false, true));
        assert!(digits.chars().all(|c| c.is_ascii_digit() || c == ' '));
        let (words, exact, weak) = made(Style::Words);
        assert_eq!((words.split('-').count(), exact, weak), (6, false, false));
    }

    #[test]
    fn rules_are_said_in_words() {
        let mut rules = PasswordRules::default();
        let words = ["12 characters", "upper", "no-sequences"];
        assert!(words.iter().all(|word| rules.add(word)));
        assert_eq!(rules.words(), words);
        for wrong in [
            "",
            "Upper",
            "12",
            "0 characters",
            "33 characters",
            "x characters",
        ] {
            assert!(!PasswordRules::default().add(wrong), "{wrong}");
        }
        assert_eq!(WORDS.len() + 1, {
            let mut all = PasswordRules::usual();
            WORDS.iter().for_each(|word| assert!(all.add(word)));
            all.words().len()
        });
    }

    #[test]
    fn joined_rules_ask_for_what_either_asks_for() {
        let other = PasswordRules {
            min_length: 8,
            digit: true,
            ..PasswordRules::default()
        };
        let both = uppsala().and(&other);
        assert_eq!(
            both,
            PasswordRules {
                digit: true,
                ..uppsala()
            }
        );
    }
}

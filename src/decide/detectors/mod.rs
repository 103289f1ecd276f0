//! Detectors: identity, account and card numbers, secrets and the like in running text and in tables.
//!
//! Promises: a finding was checked (digits, dates, issuers), never only matched; its class says what speaks for it; its value is in
//! no log. Leaves to others: where text comes from (`extract`), what follows of a finding (`conditions`).

mod api_token;
mod be;
mod cards;
mod ch;
mod chain;
mod characters;
pub mod checks;
mod codice_fiscale;
mod context;
mod cpr;
pub mod dates;
mod de;
mod dni;
mod email_list;
mod fodselsnummer;
mod hetu;
mod iban;
mod imei;
mod literals;
mod mrz;
mod nhs_number;
mod nino;
mod nir;
mod nl;
pub mod own;
mod password;
mod pesel;
mod phone_forms;
mod phone_list;
mod private_key;
#[cfg(test)]
mod sample;
mod scanner;
#[cfg(test)]
mod scanner_tests;
mod se;
mod ssn;
mod surroundings;
mod token_kinds;

pub use scanner::{Scanner, find};

use characters::Kind;
use std::fmt;
use std::ops::Range;

/// What speaks for a finding. Not a probability: `high` is "check passed and the text around it says so", or a check so strong that it needs
/// no words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The form alone, or a weak check.
    Low,
    /// A good check.
    Medium,
    /// A good check and words around it, or a very strong check.
    High,
}

/// Text to look at, and what is known of its surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Passage<'a> {
    /// The text. Cells of a row are separated by TAB, rows by LF; a cell contains neither. With headings it begins where a row begins.
    pub text: &'a str,
    /// The heading of each column if the text is rows of a table; else empty.
    pub headings: &'a [String],
    /// Only findings that begin here are reported; the rest is there for context.
    pub core: (usize, usize),
}

/// Digits and letters that may be a number, with single separators between groups (space, no-break space, `-`, `.`, `/`, `+`).
/// Neither side touches another letter or digit.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// As it stands in the text: `NL91 ABNA 0417 1643 00`.
    pub written: &'a str,
    /// Letters (upper case) and digits only: `NL91ABNA0417164300`.
    pub compact: &'a str,
}

/// A kind of number, and how it is known.
pub struct Detector {
    /// As rules call it: `bsn`.
    pub name: &'static str,
    /// For people: `Dutch citizen service number (BSN)`.
    pub title: &'static str,
    /// Country (ISO 3166, lower case); empty: everywhere.
    pub country: &'static str,
    /// What it is for: `any` sums [`Family::Identity`] and [`Family::Account`].
    pub family: Family,
    /// Lengths of `compact` to look at; empty: a [`Scan`] finds it.
    pub lengths: &'static [usize],
    /// Looks at one candidate: `None` is "not that".
    pub check: fn(&Candidate<'_>) -> Option<Checked>,
    /// Without words around it; `None`: does not count without.
    pub bare: Option<Confidence>,
    /// With a context word at most [`NEAR`] characters away, or in the heading of its column.
    pub with_context: Confidence,
    /// Lower case, whole words (`*` at the end: begins so), in the languages of its country and English.
    pub context: &'static [&'static str],
}

/// A candidate that passed.
#[derive(Clone, PartialEq, Eq)]
pub struct Checked {
    /// In its one form, in which two spellings of a number are equal. Secret.
    pub value: String,
    /// What the way it is written says.
    pub form: Form,
}

impl Checked {
    /// Written as most are.
    pub fn new(value: impl Into<String>) -> Self {
        Self::written(value, Form::Usual)
    }

    /// Written so.
    pub fn written(value: impl Into<String>, form: Form) -> Self {
        let value = value.into();
        Self { value, form }
    }
}

/// What the way a number is written says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Little: a check that not all of them pass fails, or the separators that most have are missing. It counts one class less (low:
    /// not at all), unless the heading of its column says what it is.
    Loose,
    /// Nothing.
    Usual,
    /// As much as a context word would: a card number in groups of four.
    Telling,
}

/// Reports something found: its place in the text, and what it is.
pub type Report<'a> = &'a mut dyn FnMut(Range<usize>, Checked);

/// Finds what is no candidate: keys, tokens, addresses, what spans lines.
pub struct Scan {
    /// Whose findings they are; its `check` is never called.
    pub detector: &'static Detector,
    /// Calls back for each find, in the order of the text, with its place. Linear in the text.
    pub find: fn(&Passage<'_>, Report<'_>),
}

/// What a number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Names a person: national numbers, passports.
    Identity,
    /// Names money: accounts, cards.
    Account,
    /// Names a device.
    Device,
    /// Reaches a person: mail addresses, telephone numbers.
    Contact,
    /// Opens something: keys, tokens.
    Secret,
}

/// All detectors, by name.
pub const ALL: &[&Detector] = &[
    ch::AHV,
    api_token::API_TOKEN,
    nl::BSN,
    codice_fiscale::CODICE_FISCALE,
    cpr::CPR,
    dni::DNI,
    email_list::EMAIL_LIST,
    fodselsnummer::FODSELSNUMMER,
    hetu::HETU,
    iban::IBAN,
    imei::IMEI,
    de::KVNR,
    mrz::MRZ,
    nhs_number::NHS_NUMBER,
    dni::NIE,
    nino::NINO,
    nir::NIR,
    be::NRN,
    password::PASSWORD,
    cards::PAYMENT_CARD,
    se::PERSONNUMMER,
    pesel::PESEL,
    phone_list::PHONE_LIST,
    private_key::PRIVATE_KEY,
    se::SAMORDNINGSNUMMER,
    ssn::SSN,
    de::STEUER_ID,
];

/// Those that find what is no candidate.
pub const SCANS: &[&Scan] = &[
    api_token::SCAN,
    api_token::ADDRESSES,
    email_list::SCAN,
    mrz::SCAN,
    password::SCAN,
    phone_list::SCAN,
    private_key::SCAN,
];

/// The detector of this name.
pub fn named(name: &str) -> Option<&'static Detector> {
    ALL.iter().find(|detector| detector.name == name).copied()
}

/// What `any` means: numbers of people and of money.
pub fn any() -> impl Iterator<Item = &'static Detector> {
    let sums = |d: &&Detector| matches!(d.family, Family::Identity | Family::Account);
    ALL.iter().copied().filter(sums)
}

impl Confidence {
    /// One class less, if there is one.
    pub fn less(self) -> Option<Confidence> {
        match self {
            Confidence::Low => None,
            Confidence::Medium => Some(Confidence::Low),
            Confidence::High => Some(Confidence::Medium),
        }
    }
}

impl Candidate<'_> {
    /// Its digits, if it is `N` digits and nothing else.
    pub fn digits<const N: usize>(&self) -> Option<[u8; N]> {
        let bytes: [u8; N] = self.compact.as_bytes().try_into().ok()?;
        let digits = bytes.map(|b| b.wrapping_sub(b'0'));
        digits.iter().all(|&digit| digit < 10).then_some(digits)
    }

    /// It is written in groups of these sizes, or in one, or with a joint behind every character, as forms with boxes have it.
    pub fn is_grouped(&self, ways: &[&[usize]]) -> bool {
        let sizes = self.groups();
        sizes.len() == 1
            || sizes.len() == self.compact.len()
            || ways.iter().any(|&way| way == sizes)
    }

    /// How many digits and letters each of its groups has.
    pub fn groups(&self) -> Vec<usize> {
        if self.written.len() == self.compact.len() {
            return vec![self.compact.len()];
        }
        let mut sizes = vec![0];
        for c in self.written.chars() {
            match characters::kind(c) {
                Kind::Digit(_) | Kind::Letter(_) => *sizes.last_mut().expect("never empty") += 1,
                // Three characters are one joint: ` - `.
                Kind::Joint(_) if sizes.last() != Some(&0) => sizes.push(0),
                _ => {}
            }
        }
        sizes
    }
}

/// How far a context word may be away, in characters.
pub const NEAR: usize = 300;

/// Something found.
#[derive(Clone)]
pub struct Finding {
    /// Which kind.
    pub detector: &'static Detector,
    /// What speaks for it.
    pub confidence: Confidence,
    /// In its one form. Secret: never logged or shown whole.
    pub value: String,
    /// Where it stands in the passage.
    pub range: Range<usize>,
    /// The context word as the text has it, and how many characters away it is; in the heading: `None`.
    pub context: Option<(String, Option<usize>)>,
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:?} at {:?}",
            self.detector.name, self.confidence, self.range
        )
    }
}

//! Documents as people and programs write them, with a label for everything in them that is to be found.

use super::dice::Dice;
use super::languages::{LANGUAGES, Language};
use super::{machines, values};
use std::fmt::Write;
use std::ops::Range;

/// A document.
pub struct Page {
    /// Kind and language: `invoice-de-3`.
    pub name: String,
    pub text: String,
    /// If it is rows of a table.
    pub headings: Vec<String>,
    pub labels: Vec<Label>,
    /// Its number among those of its kind: kinds of numbers take turns.
    turn: usize,
}

/// What is to be found there.
pub struct Label {
    pub detector: &'static str,
    pub range: Range<usize>,
    /// Words beside it, or the heading above it, say what it is.
    pub said: bool,
}

/// How many documents of each kind and language.
const EACH: usize = 14;

/// Rows of a table.
const ROWS: usize = 20;

/// The corpus: the same every time.
pub fn pages() -> Vec<Page> {
    let mut dice = Dice(4);
    let mut pages = Vec::new();
    for language in LANGUAGES {
        for number in 0..EACH {
            let mut add = |kind: &str, write: fn(&mut Page, &Language, &mut Dice)| {
                let mut page = Page::new(format!("{kind}-{}-{number}", language.code), number);
                write(&mut page, language, &mut dice);
                pages.push(page);
            };
            add("letter", letter);
            add("beside", beside);
            add("wrong", wrong);
            add("bare", bare);
            add("staff", staff);
            add("invoice", invoice);
            add("order", order);
            add("telephones", telephones);
            if language.code == "en" {
                add("log", machines::log);
                add("code", machines::code);
                add("passport", machines::passport);
                add("keys", machines::keys);
                add("minutes", machines::minutes);
            }
        }
    }
    pages
}

impl Page {
    fn new(name: String, turn: usize) -> Page {
        Page {
            name,
            text: String::new(),
            headings: Vec::new(),
            labels: Vec::new(),
            turn,
        }
    }

    pub fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub fn number(&mut self, detector: &'static str, value: &str, said: bool) {
        let start = self.text.len();
        self.text.push_str(value);
        self.labels.push(Label {
            detector,
            range: start..self.text.len(),
            said,
        });
    }

    /// A sentence with the number in place of `{}`.
    pub fn sentence(&mut self, sentence: &str, detector: &'static str, value: &str) {
        let (before, behind) = sentence.split_once("{}").expect("a place");
        self.text.push_str(before);
        self.number(detector, value, true);
        self.line(behind);
    }

    pub fn foot(&mut self, language: &Language, dice: &mut Dice) {
        let name = dice.one(language.names);
        self.line(language.closing);
        self.line(name);
        self.text.push_str(language.phone.0);
        self.text.push(' ');
        let phone = filled(language.phone.1, dice);
        self.number("phone_list", &phone, true);
        self.text.push_str(", ");
        self.number("email_list", &address(name, dice), true);
        self.line("");
    }
}

/// `#` becomes a digit; the first no zero.
fn filled(form: &str, dice: &mut Dice) -> String {
    let mut first = true;
    form.chars()
        .map(|c| match c {
            '#' if std::mem::take(&mut first) => char::from(b'0' + dice.from(2, 9) as u8),
            '#' => char::from(b'0' + dice.from(0, 9) as u8),
            c => c,
        })
        .collect()
}

fn address(name: &str, dice: &mut Dice) -> String {
    let local: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c == ' ' { '.' } else { c })
        .collect();
    format!(
        "{local}@{}",
        dice.one(&[
            "example.org",
            "mail.example.com",
            "partner.example",
            "example.nl"
        ])
    )
}

pub fn date(dice: &mut Dice) -> String {
    let (day, month, year) = (dice.from(1, 28), dice.from(1, 12), dice.from(2015, 2026));
    match dice.from(0, 2) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{day:02}.{month:02}.{year}"),
        _ => format!("{day:02}/{month:02}/{year}"),
    }
}

fn letter(page: &mut Page, language: &Language, dice: &mut Dice) {
    let (detector, sentence, _) = language.numbers[page.turn % language.numbers.len()];
    page.line(language.greeting);
    page.line(language.chatter);
    let value = values::of(detector, dice);
    page.sentence(sentence, detector, &value);
    page.line(language.chatter);
    page.foot(language, dice);
}

/// The same letter, and a number of a thing stands beside that of the person, as many digits long.
fn beside(page: &mut Page, language: &Language, dice: &mut Dice) {
    letter(page, language, dice);
    let label = &page.labels[0];
    let digits = page.text[label.range.clone()]
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    let line = format!(
        "{}: {}",
        language.invoice[1],
        dice.digits(digits.clamp(6, 16))
    );
    page.line(&line);
}

/// The same letter, and the number has a wrong check digit.
fn wrong(page: &mut Page, language: &Language, dice: &mut Dice) {
    let checked: Vec<_> = language
        .numbers
        .iter()
        .filter(|(detector, ..)| {
            !matches!(*detector, "cpr" | "ssn" | "nino" | "api_token" | "password")
        })
        .collect();
    page.line(language.greeting);
    let turn = page.turn % checked.len().max(1);
    if let Some((detector, sentence, _)) = checked.get(turn) {
        let value = values::broken(detector, dice);
        page.line(&sentence.replace("{}", &value));
    }
    page.foot(language, dice);
}

/// Nothing says what the number is.
fn bare(page: &mut Page, language: &Language, dice: &mut Dice) {
    let (detector, ..) = language.numbers[page.turn % language.numbers.len()];
    let detector = if matches!(detector, "password" | "imei") {
        "payment_card"
    } else {
        detector
    };
    page.line(language.greeting);
    page.text.push_str("> ");
    let value = values::of(detector, dice);
    page.number(detector, &value, false);
    page.line("\n");
    page.line(language.chatter);
    page.line(language.closing);
}

fn staff(page: &mut Page, language: &Language, dice: &mut Dice) {
    let (detector, _, heading) = language.numbers[page.turn % language.numbers.len()];
    let [name, employee, since] = language.staff;
    let (detector, heading) = if detector == "password" {
        ("ssn", "SSN")
    } else {
        (detector, heading)
    };
    page.headings = [name, employee, heading, since, language.phone.0, "E-Mail"]
        .map(str::to_owned)
        .to_vec();
    for _ in 0..ROWS {
        let name = dice.one(language.names);
        let len = staff_len(dice);
        let staff = dice.digits(len);
        write!(page.text, "{name}\t{staff}\t").expect("a string");
        let value = values::of(detector, dice);
        page.number(detector, &value, true);
        write!(page.text, "\t{}\t", date(dice)).expect("a string");
        let phone = filled(language.phone.1, dice);
        page.number("phone_list", &phone, true);
        page.text.push('\t');
        page.number("email_list", &address(name, dice), true);
        page.line("");
    }
}

fn staff_len(dice: &mut Dice) -> usize {
    [5, 6, 8, 9, 10, 11][dice.from(0, 5) as usize]
}

fn invoice(page: &mut Page, language: &Language, dice: &mut Dice) {
    let [invoice, order, customer, total, vat, parcel] = language.invoice;
    page.line(language.greeting);
    let number = format!("{invoice}: {}-{}", dice.from(2015, 2026), dice.digits(6));
    page.line(&number);
    let number = format!(
        "{order}: {}   {customer}: {}",
        dice.digits(10),
        dice.digits(9)
    );
    page.line(&number);
    page.line(&date(dice));
    for _ in 0..6 {
        let row = format!(
            "{} x {}  {},{:02}  {}",
            dice.from(1, 20),
            dice.digits(13),
            dice.from(1, 4000),
            dice.from(0, 99),
            dice.digits(8)
        );
        page.line(&row);
    }
    let sum = format!(
        "{total}: {}.{:03},{:02} EUR",
        dice.from(1, 99),
        dice.from(0, 999),
        dice.from(0, 99)
    );
    page.line(&sum);
    page.line(&filled(vat, dice));
    let tracking = format!("{parcel}: {}", dice.digits(14));
    page.line(&tracking);
    let iban = values::of("iban", dice);
    page.sentence("IBAN: {}", "iban", &iban);
    page.foot(language, dice);
}

/// Numbers of everything but people.
fn order(page: &mut Page, language: &Language, dice: &mut Dice) {
    page.line(language.greeting);
    page.line(language.chatter);
    for len in [8, 9, 10, 11, 12, 14, 15, 16] {
        let line = format!(
            "{}: {}",
            language.invoice[dice.from(0, 2) as usize],
            dice.digits(len)
        );
        page.line(&line);
    }
    let lines = [
        format!(
            "ISBN 978-3-16-{}-0, EAN {}",
            dice.digits(6),
            dice.digits(13)
        ),
        format!("52.{}, 4.{}", dice.digits(6), dice.digits(6)),
        format!(
            "{} 1Z{}{}",
            language.invoice[5],
            dice.text(6, "0123456789ABCDEFGH"),
            dice.digits(10)
        ),
        format!("RB{}DE", dice.digits(9)),
        format!("{}-{}-{}", dice.digits(3), dice.digits(7), dice.digits(7)),
        format!("{} {}", dice.digits(4), dice.one(&["AB", "XK", "TN"])),
        format!(
            "{} {} kg, {} x {} mm",
            date(dice),
            dice.from(1, 900),
            dice.digits(4),
            dice.digits(3)
        ),
        format!(
            "{}.{}.{}.{}",
            dice.from(1, 255),
            dice.from(0, 255),
            dice.from(0, 255),
            dice.from(0, 255)
        ),
    ];
    lines.iter().for_each(|line| page.line(line));
    page.line(language.closing);
}

fn telephones(page: &mut Page, language: &Language, dice: &mut Dice) {
    for _ in 0..10 {
        let name = dice.one(language.names);
        write!(page.text, "{name}: ").expect("a string");
        if dice.from(0, 1) == 0 {
            write!(page.text, "{} ", language.phone.0).expect("a string");
            let phone = filled(language.phone.1, dice);
            page.number("phone_list", &phone, true);
            page.text.push_str(" / ");
        }
        page.number("email_list", &address(name, dice), true);
        page.line("");
    }
}

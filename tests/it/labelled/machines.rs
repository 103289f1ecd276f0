//! Documents that programs write, or that people write for programs: logs, code, keys; and what only looks like numbers of people.

use super::dice::Dice;
use super::languages::Language;
use super::pages::{Page, date};
use super::values;

fn uuid(dice: &mut Dice) -> String {
    let hex = dice.text(32, "0123456789abcdef");
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

pub fn log(page: &mut Page, _: &Language, dice: &mut Dice) {
    for _ in 0..40 {
        let time = format!(
            "2026-{:02}-{:02}T{:02}:{:02}:{:02}.{}Z",
            dice.from(1, 12),
            dice.from(1, 28),
            dice.from(0, 23),
            dice.from(0, 59),
            dice.from(0, 59),
            dice.digits(6)
        );
        let line = match dice.from(0, 5) {
            0 => format!("{time} request {} took {} us", uuid(dice), dice.digits(6)),
            1 => format!("{time} commit {} by ci", dice.text(40, "0123456789abcdef")),
            2 => format!(
                "{} queue={} bytes={} delay=0.{}",
                dice.from(1_600_000_000, 1_800_000_000),
                dice.text(11, "0123456789ABCDEF"),
                dice.digits(9),
                dice.digits(3)
            ),
            3 => format!(
                "{time} sha256:{} size {}",
                dice.text(64, "0123456789abcdef"),
                dice.digits(10)
            ),
            4 => format!(
                "{time} GET /o/{}?id={}&t={} 200 {}",
                dice.digits(9),
                dice.digits(11),
                dice.from(1_600_000_000_000, 1_800_000_000_000),
                dice.digits(5)
            ),
            _ => format!(
                "{time} message-id=<{}.{}@mail.example.org> status=sent",
                dice.digits(14),
                dice.digits(8)
            ),
        };
        page.line(&line);
    }
}

pub fn code(page: &mut Page, _: &Language, dice: &mut Dice) {
    page.line("// password = getPassword(); token: see the vault; api_key = \"YOUR_API_KEY_HERE\"");
    for _ in 0..20 {
        let line = match dice.from(0, 4) {
            0 => format!(
                "const SEED_{}: u64 = 0x{};",
                dice.digits(3),
                dice.text(16, "0123456789abcdef")
            ),
            1 => format!("let id = {}; // issue {}", dice.digits(9), dice.digits(5)),
            2 => format!(
                "if (a<b) return vector<map<int,int>>{{ {} }};",
                dice.digits(10)
            ),
            3 => format!(
                "image: registry.example.org/app@sha256:{}",
                dice.text(64, "0123456789abcdef")
            ),
            _ => format!(
                "\"integrity\": \"sha512-{}==\"",
                dice.text(
                    86,
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                )
            ),
        };
        page.line(&line);
    }
    let token = values::of("api_token", dice);
    page.sentence("TOKEN = \"{}\"", "api_token", &token);
    let password = values::of("password", dice);
    page.sentence("db_password: {}", "password", &password);
    page.line("git clone git@git.example.org:group/project.git && open logo@2x.png");
}

pub fn passport(page: &mut Page, language: &Language, dice: &mut Dice) {
    page.line(language.greeting);
    page.line("a copy of my passport:\n");
    let zone = values::of("mrz", dice);
    page.number("mrz", &zone, true);
    page.line("\n");
    page.line(&values::broken("mrz", dice));
    page.foot(language, dice);
}

pub fn keys(page: &mut Page, language: &Language, dice: &mut Dice) {
    page.line("the key of the server:\n");
    let key = values::of("private_key", dice);
    page.number("private_key", &key, true);
    page.line("\n");
    page.line(&key.replace("PRIVATE", "PUBLIC"));
    page.line("-----BEGIN PRIVATE KEY-----\n(put it here)\n-----END PRIVATE KEY-----");
    page.foot(language, dice);
}

/// Numbers of things near words that also belong to numbers of people.
pub fn minutes(page: &mut Page, language: &Language, dice: &mut Dice) {
    page.line("We spoke about fields for BSN, SSN, IBAN and passport in the new form; credit card comes later.");
    let line = format!(
        "Ticket {}, budget {} EUR, build {}.",
        dice.digits(7),
        dice.digits(6),
        dice.digits(5)
    );
    page.line(&line);
    page.line(language.chatter);
    let line = format!("Call {}: {}", dice.from(1, 9), date(dice));
    page.line(&line);
    page.foot(language, dice);
}

//! Passwords in clear: `Passwort: Tr0ub4dor&3`.
//!
//! Found by the word before a colon or an equals sign; what stands behind must look made up: a letter, and a digit or a sign, without
//! a blank. So prose (`Password: see below`), code (`password = getPassword()`) and places (`password={{pw}}`) are none. It stays a guess:
//! low, and medium never.

use super::{Checked, Confidence, Detector, Family, Passage, Report, Scan};
use memchr::memchr2_iter;

/// A password beside its name.
pub const PASSWORD: &Detector = &Detector {
    name: "password",
    title: "Password in clear, beside the word",
    country: "",
    family: Family::Secret,
    lengths: &[],
    check: |_| None,
    bare: Some(Confidence::Low),
    with_context: Confidence::Low,
    context: &[],
};

/// Finds the words.
pub const SCAN: &Scan = &Scan {
    detector: PASSWORD,
    find,
};

/// What stands before it, in lower case; compounds end so (`WLAN-Passwort`, `db_password`).
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "passwörter",
    "kennwort",
    "wachtwoord",
    "mot de passe",
    "mdp",
    "contraseña",
    "contrasena",
    "senha",
    "parola d'ordine",
    "hasło",
    "haslo",
    "lösenord",
    "losenord",
    "adgangskode",
    "kodeord",
    "passord",
    "salasana",
    "pwd",
    "passphrase",
    "parole",
    "heslo",
    "jelszó",
    "şifre",
    "парол",
    "пароль",
];

const LONGEST_WORD: usize = 40;
const LONGEST_PASSWORD: usize = 64;

fn find(passage: &Passage<'_>, report: Report<'_>) {
    let text = passage.text;
    for at in memchr2_iter(b':', b'=', text.as_bytes()) {
        if !is_named(&text[text.ceil_char_boundary(at.saturating_sub(LONGEST_WORD))..at]) {
            continue;
        }
        let rest = text[at + 1..].trim_start_matches([' ', '\u{a0}', '\t', '"', '\'', '=']);
        let start = text.len() - rest.len();
        let end = text.floor_char_boundary((start + LONGEST_PASSWORD + 1).min(text.len()));
        let value = text[start..end]
            .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<'))
            .next();
        let value = value.unwrap_or("").trim_end_matches([',', ';', '.', ')']);
        if looks_made_up(value) {
            report(start..start + value.len(), Checked::new(value));
        }
    }
}

/// The word stands directly before, whatever its case; a quote of JSON or a star of Markdown may stand between.
fn is_named(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '"', '\'', '*', '_', ':', '\u{a0}']);
    WORDS.iter().any(|word| ends_so(before, word))
}

/// Letters of these words have as many bytes in either case.
fn ends_so(text: &str, word: &str) -> bool {
    let tail = text.len().checked_sub(word.len());
    tail.and_then(|at| text.get(at..)).is_some_and(|tail| {
        tail.eq_ignore_ascii_case(word) || (!tail.is_ascii() && tail.to_lowercase() == word)
    })
}

fn looks_made_up(value: &str) -> bool {
    let any = |of: fn(char) -> bool| value.chars().any(of);
    let sign = any(|c| {
        matches!(
            c,
            '!' | '#' | '&' | '?' | '+' | '*' | '%' | '^' | '~' | '@' | '$' | '-' | '_'
        )
    });
    let digit = any(|c| c.is_ascii_digit());
    let both_cases = any(char::is_uppercase) && any(char::is_lowercase);
    let place = value.starts_with(['$', '{', '%', '[', '(', '*', '#', '/', '-', '_', '&'])
        || value.contains(['(', '{', '}', '[', '|', '\\'])
        || value.contains("://");
    let masked = value.contains("***") || value.contains("xxx") || value.contains("...");
    let strength = usize::from(sign) + usize::from(digit) + usize::from(both_cases);
    (6..=LONGEST_PASSWORD).contains(&value.len())
        && !place
        && !masked
        && any(char::is_alphabetic)
        && digit | sign
        && strength >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let core = (0, text.len());
        find(
            &Passage {
                text,
                headings: &[],
                core,
            },
            &mut |range, checked| {
                assert_eq!(text[range], checked.value);
                found.push(checked.value);
            },
        );
        found
    }

    #[test]
    fn passwords_in_many_languages_are_found() {
        for text in [
            "Password: Tr0ub4dor&3",
            "das Kennwort: Tr0ub4dor&3.",
            "WLAN-Passwort : Tr0ub4dor&3",
            "mot de passe : Tr0ub4dor&3",
            "Contraseña: Tr0ub4dor&3,",
            "hasło: Tr0ub4dor&3",
            "Lösenord = Tr0ub4dor&3",
            "DB_PASSWORD=\"Tr0ub4dor&3\"",
            "{\"password\": \"Tr0ub4dor&3\"}",
            "Server=db;Pwd=Tr0ub4dor&3;",
            "salasana:\tTr0ub4dor&3",
        ] {
            assert_eq!(found(text), ["Tr0ub4dor&3"], "{text}");
        }
    }

    #[test]
    fn prose_code_and_places_are_none() {
        for text in [
            "Password: see below",
            "Passwort: wird separat verschickt",
            "Password: ********",
            "password = getPassword()",
            "password=${DB_PASSWORD}",
            "password: {{ vault.password1 }}",
            "Password:\nTr",
            "password: str, user: str",
            "Forgot your password? https://example.org/reset1",
            "Password: https://example.org/Reset1",
            "passwordless: Login2024x",
            "pwd=/home/Anna1/x",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}

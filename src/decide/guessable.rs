//! Whether a password that a person chose can be guessed: by the words, names, dates and known passwords that programs try first.
//!
//! Promises: what the mail itself says (addresses, the organisation's domains) counts as known to whoever guesses. Bounded: zxcvbn looks at
//! the first hundred characters, so no password takes longer than a few milliseconds.
//! Leaves to others: what a password is made of (`transfer::password_rules`).

use crate::mail::Address;
use crate::transfer::Password;
use crate::transfer::PasswordRules;
use crate::transfer::password_rules::Broken;
use zxcvbn::{Score, zxcvbn};

/// Ten thousand million guesses and more.
const ENOUGH: Score = Score::Three;

/// What of the rules it does not keep, guessing included.
pub fn broken(
    rules: &PasswordRules,
    password: &Password,
    people: &[&Address],
    domains: &[String],
) -> Vec<Broken> {
    let mut found = rules.broken(password);
    if rules.no_words && is_guessable(password, people, domains) {
        found.push(Broken::Guessable);
    }
    found
}

fn is_guessable(password: &Password, people: &[&Address], domains: &[String]) -> bool {
    let addresses: Vec<String> = people.iter().map(|p| p.to_string()).collect();
    let written = addresses.iter().chain(domains);
    let known: Vec<&str> = written
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() > 2)
        .collect();
    zxcvbn(password.expose(), &known).score() < ENOUGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_try_first_is_guessable() {
        let anna: Address = "anna.lindqvist@example.org".parse().expect("an address");
        let rows = [
            ("passwort1", true),
            ("qwertz123", true),
            ("abcdefgh1", true),
            ("lindqvist88", true),
            ("our old dog sleeps", false),
            ("K7PM-2WXD-9RQF", false),
            ("grötfrukost vid havet", false),
        ];
        for (text, expected) in rows {
            let rules = PasswordRules::usual();
            let found = broken(&rules, &Password::given(text), &[&anna], &[]);
            assert_eq!(found.contains(&Broken::Guessable), expected, "{text}");
        }
        let lax = PasswordRules::default();
        assert_eq!(broken(&lax, &Password::given("passwort1"), &[], &[]), []);
    }
}

//! A password: sent once, forgotten. Prints as `…`, wiped on drop. They are made by [`PasswordRules`](super::PasswordRules).

use std::fmt;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// What the other channel carries.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// One that a person gave or typed.
    pub fn given(text: &str) -> Self {
        Password(text.to_owned())
    }

    /// To show it to the one it is for. Every caller is a channel or the wrap.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What goes into the wrap. A generated password counts without regard to case, dashes, spaces and look-alikes; a chosen one in
    /// NFKC, without the white space around it (a copied password often has some).
    pub fn form(&self, chosen: bool) -> Zeroizing<String> {
        Zeroizing::new(if chosen {
            self.0.trim().nfkc().collect()
        } else {
            self.0
                .chars()
                .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
                .map(|c| {
                    if c.is_ascii() {
                        char::from(crate::mail::id::canonical(c as u8))
                    } else {
                        c
                    }
                })
                .collect()
        })
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_password_may_be_typed_as_people_do() {
        let sent = Password::given("K7PM-2WXD-9RQF");
        for typed in [
            "k7pm-2wxd-9rqf",
            "K7PM 2WXD 9RQF",
            " k7pm2wxd9rqf\n",
            "K7PM\u{2013}2WXD\u{2013}9RQF",
        ] {
            assert_eq!(Password::given(typed).form(false), sent.form(false));
        }
        assert_ne!(
            Password::given("K7PM-2WXD-9RQG").form(false),
            sent.form(false)
        );
    }

    #[test]
    fn a_chosen_password_keeps_its_case() {
        assert_eq!(
            Password::given(" Blåbär 7 ").form(true).as_str(),
            "Blåbär 7"
        );
        assert_ne!(
            Password::given("abc").form(true),
            Password::given("ABC").form(true)
        );
    }
}

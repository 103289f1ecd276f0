//! The sender as recipients know them: name and address of the header From, made harmless.
//!
//! Promises: one line, no control or direction-changing characters, a bounded length. The name is the sender's own claim, as it is in
//! the mail's From. Fails: never; without a From the envelope's sender is meant, without that nobody.

use crate::mail::Mail;
use crate::mail::visible::visible_line;

/// Who sent the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// The display name; the address if there is none.
    pub(super) name: String,
    /// The address.
    pub(super) address: String,
}

impl Person {
    /// The one in the header From.
    pub(super) fn sender_of(mail: &Mail) -> Self {
        let from = mail.outline.root().fields.value("From").unwrap_or_default();
        let (name, address) = match from.rsplit_once('<') {
            Some((name, rest)) => (name, rest.split('>').next().unwrap_or_default()),
            None => ("", from),
        };
        let mut address = clean(address.trim(), 254);
        if address.is_empty() {
            address = mail
                .envelope
                .sender
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
        }
        let name = clean(&unquoted(name.trim()), 60);
        Person {
            name: if name.is_empty() {
                address.clone()
            } else {
                name
            },
            address,
        }
    }
}

fn unquoted(text: &str) -> String {
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => text.to_owned(),
    }
}

/// A stranger's text as one harmless line of at most `max` characters.
pub(super) fn clean(text: &str, max: usize) -> String {
    let flat = visible_line(text);
    if flat.chars().count() <= max {
        return flat;
    }
    let cut: String = flat.chars().take(max.saturating_sub(3)).collect();
    format!("{}...", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_one_harmless_line() {
        let rows = [
            ("Anna  Lind\r\n", "Anna Lind"),
            ("A\u{202e}nna\u{200b}", "Anna"),
            ("\u{e000}x\u{e001}", "x"),
            ("a\tb\0", "a b"),
        ];
        for (given, kept) in rows {
            assert_eq!(clean(given, 60), kept);
        }
        assert_eq!(clean("abcdefghij", 8), "abcde...");
    }
}

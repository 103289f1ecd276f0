//! `[[dkim]]`: the domains whose mail we sign when we have changed it, as settings; what signing is stands in `mail::dkim`.
//!
//! Promises: no domain has one selector twice, and both can stand in a DNS name. Leaves to others: reading the keys (`service`).

use super::reader::{Reader, Section, Value, parsed, text};
use super::secret::SecretSource;
use super::values::domain;
use std::path::Path;

/// One key and what it speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dkim {
    /// Mail From it and From what is below it is signed.
    pub domain: String,
    /// Names the key in the DNS: `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// PEM: RSA of 2048 bits or more, or Ed25519.
    pub key: SecretSource,
}

impl Dkim {
    /// What its key is called where all keys of the file are listed.
    pub fn place(&self) -> String {
        format!("dkim.{}._domainkey.{}.key", self.selector, self.domain)
    }
}

/// All entries; none is the default.
pub(super) fn entries(sections: Vec<Section<'_, '_>>, base: &Path) -> Option<Vec<Dkim>> {
    let mut entries: Vec<Dkim> = Vec::new();
    let mut complete = true;
    for section in sections {
        let (reader, place) = (section.reader, section.place().unwrap_or_default());
        match entry(section, base) {
            Some(new) if entries.iter().any(|e| e.place() == new.place()) => {
                let message = format!(
                    "{} has another entry with the selector \"{}\"",
                    new.domain, new.selector
                );
                let help = "each key has a selector of its own, also two keys of one domain";
                reader.wrong(place, message, Some(help));
            }
            Some(new) => {
                // Mistakes of one key must not point to another's line.
                let mut places = reader.places.borrow_mut();
                if let Some(span) = places.get("dkim.key").cloned() {
                    places.insert(new.place(), span);
                }
                drop(places);
                entries.push(new);
            }
            None => complete = false,
        }
    }
    complete.then_some(entries)
}

fn entry(mut s: Section<'_, '_>, base: &Path) -> Option<Dkim> {
    let domain = s.required(
        "domain",
        domain,
        "domain = \"example.org\": what stands behind the @ in From",
    );
    let selector = s.required("selector", selector, "selector = \"cloakroom\"");
    let key = s.required(
        "key",
        parsed::<SecretSource>,
        "key = \"FILE\": a private key in PEM, mode 0400",
    );
    s.end();
    Some(Dkim {
        domain: domain?,
        selector: selector?,
        key: key?.based(base),
    })
}

/// RFC 6376 section 3.1: labels, as in a domain.
fn selector(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let written = text(reader, value)?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    if written.len() <= 180 && written.split('.').all(is_label) {
        return Some(written.to_ascii_lowercase());
    }
    let help = "letters, digits and hyphens, such as \"cloakroom\" or \"2026-11\"";
    reader.wrong(
        value.span(),
        format!("\"{written}\" is no selector"),
        Some(help),
    );
    None
}

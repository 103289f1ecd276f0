//! Labels: what people say about their own mail, by tag, header, Sensitivity or MSIP label. The highest rank found counts.
//!
//! Promises: MSIP labels are known by their GUID only, since names are translated and not unique, and a header may hold the
//! labels of several tenants. Two labels never have one rank.

use super::globs::Globs;
use super::sheet::{Sheet, Value, Word, get};
use super::tags;
use crate::mail::header::Fields;
use std::ops::Range;
use toml::de::DeTable;

/// A label.
#[derive(Debug, Clone)]
pub struct Label {
    /// Its name in the policy.
    pub name: String,
    /// Higher is stricter.
    pub rank: u32,
    /// Subject tags, in the form of [`tags::form`].
    pub tags: Vec<String>,
    headers: Vec<HeaderGlobs>,
    sensitivity: Vec<&'static str>,
    msip: Vec<String>,
}

/// A header field and what its value may be.
#[derive(Debug, Clone)]
pub struct HeaderGlobs {
    /// The field's name, as written.
    pub name: String,
    /// Its values.
    pub globs: Globs,
}

/// Values of the Sensitivity field (RFC 4021 section 2.1.55).
pub const SENSITIVITIES: &[(&str, &str)] = &[
    ("company-confidential", "company-confidential"),
    ("personal", "personal"),
    ("private", "private"),
];

/// Keys of a label.
pub(super) const KEYS: &[&str] = &["headers", "msip", "rank", "sensitivity", "tags"];

impl Label {
    /// Reads `[label.NAME]`. Without a rank there is no label.
    pub fn read(
        sheet: &mut Sheet<'_>,
        name: &str,
        span: Range<usize>,
        table: &DeTable<'_>,
    ) -> Option<Label> {
        sheet.keys(table, "label", KEYS, &[]);
        let rank = match get(table, "rank") {
            Some(value) => sheet.number(value, 0),
            None => {
                sheet.wrong(span, format!("label \"{name}\" has no rank"));
                None
            }
        };
        let label = Label {
            name: name.to_owned(),
            rank: rank.unwrap_or_default(),
            tags: get(table, "tags").map_or_else(Vec::new, |v| read_tags(sheet, v)),
            headers: get(table, "headers").map_or_else(Vec::new, |v| read_headers(sheet, v)),
            sensitivity: get(table, "sensitivity")
                .map_or_else(Vec::new, |v| read_sensitivity(sheet, v)),
            msip: get(table, "msip").map_or_else(Vec::new, |v| read_msip(sheet, v)),
        };
        rank.map(|_| label)
    }

    /// What of the mail carries this label, in words.
    pub fn on(&self, root: &Fields, said: &[String]) -> Option<String> {
        let tag = self.tags.iter().find(|tag| said.contains(tag));
        tag.map(|tag| format!("subject tag [{tag}]"))
            .or_else(|| self.headers.iter().find_map(|h| h.on(root)))
            .or_else(|| sensitivity_of(root, &self.sensitivity))
            .or_else(|| msip_of(root, &self.msip))
    }
}

impl HeaderGlobs {
    /// The first field of that name whose value matches.
    pub fn on(&self, root: &Fields) -> Option<String> {
        root.all(&self.name)
            .find_map(|field| self.globs.find(field.value.trim()))
            .map(|glob| format!("{}: {glob}", self.name))
    }

    /// The same, but only if every field of that name matches.
    pub fn on_all(&self, root: &Fields) -> Option<String> {
        let all = root
            .all(&self.name)
            .all(|field| self.globs.matches(field.value.trim()));
        if all { self.on(root) } else { None }
    }
}

/// Reads `{ "Name" = ["glob"] }`.
pub fn read_headers(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Vec<HeaderGlobs> {
    let toml::de::DeValue::Table(table) = value.get_ref() else {
        sheet.wrong_but(
            value.span(),
            "expected a table of headers",
            "write { \"X-Name\" = [\"*value*\"] }",
        );
        return Vec::new();
    };
    if table.is_empty() {
        sheet.wrong(value.span(), "an empty table matches nothing");
    }
    let mut out = Vec::new();
    for (key, value) in table {
        let name = key.get_ref().to_string();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
            sheet.wrong(key.span(), format!("\"{name}\" is no name of a header"));
        }
        if let Some(globs) = Globs::read(sheet, value) {
            out.push(HeaderGlobs { name, globs });
        }
    }
    out
}

/// Reads values of the Sensitivity field.
pub fn read_sensitivity(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Vec<&'static str> {
    let mut out = Vec::new();
    for (word, span) in sheet.strings(value).unwrap_or_default() {
        let form = word.to_lowercase();
        match SENSITIVITIES.iter().find(|(name, _)| *name == form) {
            Some((_, value)) => out.push(*value),
            None => sheet.unknown(
                span,
                "sensitivity",
                &word,
                SENSITIVITIES.iter().map(|s| s.0),
            ),
        }
    }
    out
}

/// Reads words that may stand in brackets in a subject.
pub fn read_tags(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Vec<String> {
    let words = sheet.strings(value).unwrap_or_default();
    words
        .into_iter()
        .filter_map(|w| read_tag(sheet, w))
        .collect()
}

fn read_tag(sheet: &mut Sheet<'_>, (word, span): Word) -> Option<String> {
    let form = tags::form(&word);
    if form.is_empty() || form.contains(['[', ']', ':']) {
        sheet.wrong_but(
            span,
            format!("\"{word}\" is no subject tag"),
            "write the word without brackets and colons",
        );
        return None;
    }
    Some(form)
}

fn read_msip(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for (word, span) in sheet.strings(value).unwrap_or_default() {
        if is_guid(&word) {
            out.push(word.to_lowercase());
        } else {
            sheet.wrong_but(
                span,
                format!("\"{word}\" is no GUID"),
                "labels are known by their GUID, such as 0a6b1c9e-1111-4c1e-9d0e-000000000010",
            );
        }
    }
    out
}

fn is_guid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == lengths.len()
        && groups
            .iter()
            .zip(lengths)
            .all(|(g, n)| g.len() == n && g.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The first of `wanted` that a Sensitivity field has.
pub fn sensitivity_of(root: &Fields, wanted: &[&'static str]) -> Option<String> {
    root.all("Sensitivity")
        .map(|field| field.value.trim().to_lowercase())
        .find(|value| wanted.contains(&value.as_str()))
        .map(|value| format!("Sensitivity: {value}"))
}

/// The first of `wanted` that is switched on in an `msip_labels` field: `MSIP_Label_<GUID>_Enabled=True; …`.
fn msip_of(root: &Fields, wanted: &[String]) -> Option<String> {
    let on = |entry: &str| -> Option<String> {
        let rest = entry.strip_prefix("msip_label_")?;
        let (guid, value) = rest.split_once("_enabled=")?;
        (value == "true" && wanted.iter().any(|w| w == guid)).then(|| guid.to_owned())
    };
    root.all("msip_labels").find_map(|field| {
        let flat: String = field.value.split_whitespace().collect::<String>();
        flat.to_lowercase()
            .split(';')
            .find_map(on)
            .map(|guid| format!("MSIP label {guid}"))
    })
}

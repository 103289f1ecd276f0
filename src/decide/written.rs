//! A rule as it was written: its text for people, and its keys for comparing, whatever spaces, order and remarks there are.
//!
//! Promises: two rules with equal [`Written::table`] ask and say the same as far as their own file goes; what they refer to by name
//! (lists, labels, profiles) is not part of it. Leaves to others: what the keys mean (`rule`).

use super::sheet::Sheet;
use serde::Deserialize;
use std::ops::Range;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table, Value};

/// The text and the keys of a rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Written {
    /// From `[[rule]]` to the line of its last value.
    pub text: String,
    /// Its keys as they stand there.
    pub table: Table,
}

impl Written {
    /// Of the table at a place of a file.
    pub(super) fn of(sheet: &Sheet<'_>, table: &DeTable<'_>, span: &Range<usize>) -> Written {
        let end = table
            .values()
            .map(last_byte)
            .chain([span.end])
            .max()
            .unwrap_or(span.end);
        let rest = &sheet.text[end..];
        let line = rest.find('\n').unwrap_or(rest.len());
        Written {
            text: sheet.text[span.start..end + line].trim_end().to_owned(),
            table: plain(table),
        }
    }

    /// The blocks of `when` or `unless`.
    pub fn blocks(&self, key: &str) -> Vec<&Table> {
        match self.table.get(key) {
            Some(Value::Table(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_table).collect(),
            _ => Vec::new(),
        }
    }

    /// `then`, if it is more than one word.
    pub fn then(&self) -> Option<&Table> {
        self.table.get("then")?.as_table()
    }

    /// Every text in `when` and `unless`, at any depth.
    pub fn texts(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for key in ["when", "unless"] {
            self.table
                .get(key)
                .into_iter()
                .for_each(|v| texts(v, &mut found));
        }
        found
    }

    /// Names of the lists it asks for.
    pub fn lists(&self) -> Vec<&str> {
        let texts = self.texts();
        texts
            .into_iter()
            .filter_map(|t| t.strip_prefix("list:"))
            .collect()
    }

    /// True if a block of it has this condition.
    pub fn asks(&self, condition: &str) -> bool {
        let mut blocks = ["when", "unless"].into_iter().flat_map(|k| self.blocks(k));
        blocks.any(|block| block.contains_key(condition))
    }
}

/// The keys without their places. What cannot be said without them (a date that is none) was noted by the reader.
pub(super) fn plain(table: &DeTable<'_>) -> Table {
    let value = |value: &Spanned<DeValue<'_>>| {
        Value::deserialize(ValueDeserializer::from(value.clone())).ok()
    };
    table
        .iter()
        .filter_map(|(key, v)| Some((key.get_ref().to_string(), value(v)?)))
        .collect()
}

fn last_byte(value: &Spanned<DeValue<'_>>) -> usize {
    let inside = match value.get_ref() {
        DeValue::Array(items) => items.iter().map(last_byte).max(),
        DeValue::Table(table) => table.values().map(last_byte).max(),
        _ => None,
    };
    value.span().end.max(inside.unwrap_or(0))
}

fn texts<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Table(table) => table.values().for_each(|item| texts(item, found)),
        _ => {}
    }
}

/// One text or a list of them.
pub(super) fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::sheet::get;
    use std::path::Path;

    fn rules(text: &str) -> Vec<Written> {
        let mut sheet = Sheet::new(Path::new("x.toml"), text);
        let document = sheet.document();
        let tables = get(&document, "rule").map_or_else(Vec::new, |v| sheet.tables(v));
        tables
            .into_iter()
            .map(|(table, span)| Written::of(&sheet, table, &span))
            .collect()
    }

    #[test]
    fn the_text_ends_with_the_line_of_its_last_value() {
        let text = "# before\n[[rule]] # one\nid = \"a\"\nwhen = { to = [\"list:x\"] } # why\n[[rule.unless]]\n\
            files_all = [\n\"*.ics\",\n] # end\n\n# of the next\n[[rule]]\nid = \"b\"\n";
        let found = rules(text);
        assert_eq!(
            found[0].text,
            "[[rule]] # one\nid = \"a\"\nwhen = { to = [\"list:x\"] } # why\n[[rule.unless]]\nfiles_all = [\n\"*.ics\",\n] # end"
        );
        assert_eq!(found[1].text, "[[rule]]\nid = \"b\"");
        assert_eq!(found[0].lists(), ["x"]);
        assert!(found[0].asks("files_all") && !found[0].asks("from"));
        assert_eq!(found[0].blocks("unless").len(), 1);
    }

    #[test]
    fn spaces_order_and_remarks_make_no_difference() {
        let one = rules(
            "[[rule]]\nid = \"a\"\nwhen = { to = [\"@x.example\"], has_attachments = true }\nreview_by = 2027-01-01\n",
        );
        let other = rules(
            "[[rule]]\nreview_by = 2027-01-01 # soon\nid   = 'a'\n[rule.when]\nhas_attachments=true\nto = ['@x.example']\n",
        );
        assert_eq!(one[0].table, other[0].table);
        assert_eq!(one[0].table.len(), 3);
    }
}

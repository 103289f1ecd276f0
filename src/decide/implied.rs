//! Does one condition hold wherever another one does? For lint: rules that can never match, or that change nothing.
//!
//! Promises: `true` is certain for mails whose structure is clear; what cannot be seen by comparing what is written is `false`.
//! Leaves to others: what follows of it (`lint`).

use super::rule::Rule;
use super::written::words;
use crate::units::ByteSize;
use toml::{Table, Value};

/// Wherever `narrow` matches, `wide` does.
pub(super) fn rule(narrow: &Rule, wide: &Rule) -> bool {
    let everybody = |rule: &Rule| {
        let own = |block: &&Table| block.get("internal") == Some(&Value::Boolean(true));
        rule.written.table.get("internal") == Some(&Value::Boolean(true))
            || rule.written.blocks("when").iter().all(own)
    };
    if everybody(narrow) && !everybody(wide) {
        return false;
    }
    // What is spared because it is encrypted depends on action and block; equal blocks only.
    if narrow.speaks_of_encrypted() != wide.speaks_of_encrypted() {
        return false;
    }
    let (mine, theirs) = (narrow.written.blocks("when"), wide.written.blocks("when"));
    let covered = mine.iter().all(|m| theirs.iter().any(|t| block(m, t)));
    let (mine, theirs) = (
        narrow.written.blocks("unless"),
        wide.written.blocks("unless"),
    );
    // Whatever the wide one lets go, the narrow one lets go too.
    covered && theirs.iter().all(|t| mine.iter().any(|m| block(t, m)))
}

/// Wherever all of `narrow` holds, all of `wide` does.
pub(super) fn block(narrow: &Table, wide: &Table) -> bool {
    wide.iter()
        .filter(|(key, _)| *key != "internal")
        .all(|(key, wanted)| narrow.get(key).is_some_and(|said| value(key, said, wanted)))
}

fn value(key: &str, narrow: &Value, wide: &Value) -> bool {
    if narrow == wide {
        return true;
    }
    let size = |value: &Value| {
        value
            .as_str()
            .and_then(|t| t.parse::<ByteSize>().ok())
            .map(ByteSize::bytes)
    };
    match key {
        "attachments_over" | "largest_over" | "message_over" => {
            matches!((size(narrow), size(wide)), (Some(n), Some(w)) if n >= w)
        }
        "recipients_over" => {
            matches!((narrow.as_integer(), wide.as_integer()), (Some(n), Some(w)) if n >= w)
        }
        "files_all" | "files_any" | "from" | "label" | "login" | "network" | "sensitivity"
        | "subject_tag" | "to" | "types_any" => {
            let (narrow, wide) = (words(narrow), words(wide));
            !narrow.is_empty() && narrow.iter().all(|n| wide.contains(n))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrower_block_implies_a_wider_one() {
        let rows = [
            ("a = 1", "", true),
            ("", "to = ['@a.example']", false),
            (
                "attachments_over = '20 MiB'",
                "attachments_over = '10 MiB'",
                true,
            ),
            (
                "attachments_over = '5 MiB'",
                "attachments_over = '10 MiB'",
                false,
            ),
            (
                "to = '@a.example'",
                "to = ['@b.example', '@a.example']",
                true,
            ),
            (
                "to = ['@a.example', '@c.example']",
                "to = ['@a.example']",
                false,
            ),
            ("recipients_over = 20", "recipients_over = 10", true),
            ("has_attachments = true", "largest_over = '1 MB'", false),
            (
                "headers = { X = ['a'] }",
                "headers = { X = ['a', 'b'] }",
                false,
            ),
        ];
        for (narrow, wide, want) in rows {
            let table = |text: &str| text.parse::<Table>().expect(text);
            assert_eq!(
                block(&table(narrow), &table(wide)),
                want,
                "{narrow} / {wide}"
            );
        }
    }
}

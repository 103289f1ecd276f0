//! The JSON Schema of policy files, for editors: made of the tables the reader itself reads by, so that it cannot fall behind.
//!
//! Promises: whatever the reader takes fits the schema, and a key the reader does not know does not. What the schema cannot say (names
//! that are nowhere, a list that matches nothing) the reader says. A key without a form here is a failing test.

use super::conditions::KINDS;
use super::conditions::finds::{ASK, CONFIDENCES};
use super::expected::EXPECTED;
use super::label::{self, SENSITIVITIES};
use super::lists::KEYS as LIST;
use super::reading::TOP;
use super::rule::{KEYS as RULE, THEN};
use super::trial::{ATTACH, KEYS as TEST};
use super::wish::{
    EVENTS, FREEDOMS, IF_NO_CHANNEL, KEYS as WISH, LEVELS, RECOVERIES, STAYING, TLS, UNLOCKS,
};
use crate::transfer::password_rules::STYLES;
use serde_json::{Map, Value, json};

/// The schema (draft 2020-12).
pub fn schema() -> Value {
    let mut top = object("top-level", TOP.iter().copied(), &[]);
    top["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    top["title"] = json!("a policy file of Cloakroom");
    top
}

/// `[profile.NAME]`, which `cloakroom.toml` may have too.
pub fn profiles() -> Value {
    json!({ "type": "object", "additionalProperties": object("wish", WISH.iter().copied(), &[]) })
}

fn object<'k>(place: &str, keys: impl Iterator<Item = &'k str>, required: &[&str]) -> Value {
    let form = |key: &str| form(place, key).unwrap_or_else(|| json!({}));
    let properties: Map<String, Value> = keys.map(|key| (key.to_owned(), form(key))).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// One table, or a list of them.
fn one_or_many(object: Value) -> Value {
    json!({ "anyOf": [object, { "type": "array", "minItems": 1, "items": object }] })
}

fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn described(description: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "description": description })
}

fn size() -> Value {
    described("a size with its unit: \"10 MiB\", \"150 MB\"")
}

fn period() -> Value {
    described("a period with its unit: \"90 minutes\", \"14 days\"")
}

/// A text, or a list of at least one.
fn texts(item: Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "minItems": 1, "items": item }] })
}

fn words<'w>(words: impl Iterator<Item = &'w str>) -> Value {
    json!({ "enum": words.collect::<Vec<_>>() })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn number(least: u32) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": u32::MAX })
}

/// A text for people, or one for each language.
fn languages() -> Value {
    json!({ "anyOf": [text(), { "type": "object", "minProperties": 1, "additionalProperties": text() }] })
}

fn map(item: Value) -> Value {
    json!({ "type": "object", "additionalProperties": item })
}

/// What the value of a key is. `None`: nobody has said yet.
fn form(place: &str, key: &str) -> Option<Value> {
    match place {
        "top-level" => of_file(key),
        "rule" => of_rule(key),
        "when" | "unless" => of_condition(key),
        "then" | "wish" => of_wish(key),
        "label" => of_label(key),
        "list" => of_list(key),
        "test" => of_test(key),
        "attach" => of_attachment(key),
        "finds" => of_finding(key),
        "expect" => of_expected(key).or_else(|| of_wish(key)),
        _ => None,
    }
}

fn of_file(key: &str) -> Option<Value> {
    Some(match key {
        "defaults" => object("wish", WISH.iter().copied(), &[]),
        // A table of many forms, which the reader knows: its kind says which keys it has.
        "detector" => map(json!({ "type": "object", "required": ["kind"] })),
        "label" => map(object("label", label::KEYS.iter().copied(), &["rank"])),
        "list" => map(object("list", LIST.iter().copied(), &[])),
        "profile" => profiles(),
        "rule" => one_or_many(object(
            "rule",
            RULE.iter().copied(),
            &["id", "then", "when", "why"],
        )),
        "schema" => json!({ "const": 1 }),
        "test" => one_or_many(object(
            "test",
            TEST.iter().copied(),
            &["from", "name", "to"],
        )),
        _ => return None,
    })
}

fn of_rule(key: &str) -> Option<Value> {
    Some(match key {
        "id" => described("letters, digits, - _ and .; unique in the policy"),
        "internal" => flag(),
        "mode" => words(["enforce", "observe"].into_iter()),
        "owner" => described("whom to ask about it"),
        "review_by" => json!({ "description": "a day such as 2027-06-30, without quotes" }),
        "then" => {
            let keys = WISH.iter().chain(THEN).copied();
            json!({ "anyOf": [words(LEVELS.iter().map(|l| l.0)), object("then", keys, &[])] })
        }
        "unless" => one_or_many(conditions("unless")),
        "when" => one_or_many(conditions("when")),
        "why" => languages(),
        _ => return None,
    })
}

/// A block of `when` or `unless`.
fn conditions(place: &str) -> Value {
    let internal = (place == "when").then_some("internal");
    object(
        place,
        KINDS.iter().map(|kind| kind.key).chain(internal),
        &[],
    )
}

fn of_condition(key: &str) -> Option<Value> {
    Some(match key {
        "attachments_over" | "largest_over" | "message_over" => size(),
        "encrypted" | "has_attachments" | "internal" => flag(),
        "files_all" | "files_any" => texts(described("a glob on names of files: \"*.pdf\"")),
        "from" | "to" => texts(described(super::people::PATTERNS)),
        "headers" => map(texts(text())),
        "body_any" | "subject_any" | "text_any" => texts(described(
            "a word or phrase, `*` at its end, a regular expression, or list:NAME",
        )),
        "label" | "login" | "network" | "subject_tag" => texts(text()),
        "finds" => {
            let entry = object("finds", ASK.iter().copied(), &["detector"]);
            json!({ "anyOf": [text(), entry, { "type": "array", "minItems": 1, "items": { "anyOf": [text(), entry] } }] })
        }
        "label_at_least" => text(),
        "only_finds" => texts(described("list:NAME, a list of values")),
        "unreadable" => flag(),
        "recipients_over" => number(0),
        "sensitivity" => texts(sensitivity()),
        "types_any" => texts(described(
            "a glob on media types: \"application/pdf\", \"image/*\"",
        )),
        _ => return None,
    })
}

/// Whatever the case.
fn sensitivity() -> Value {
    let words: Vec<&str> = SENSITIVITIES.iter().map(|s| s.0).collect();
    described(&format!("one of {}", words.join(", ")))
}

fn of_finding(key: &str) -> Option<Value> {
    Some(match key {
        "at_least" => number(1),
        "confidence" => words(CONFIDENCES.iter().map(|c| c.0)),
        "detector" => text(),
        "distinct" => flag(),
        _ => return None,
    })
}

fn of_wish(key: &str) -> Option<Value> {
    Some(match key {
        "action" => words(LEVELS.iter().map(|l| l.0)),
        "downloads" => number(1),
        "hide_names" | "hide_subject" => flag(),
        "hold_for" | "keep_for" => period(),
        "release_by" => texts(described("who may release it: \"dpo@example.org\"")),
        "notify" => {
            let event = words(EVENTS.iter().copied());
            json!({ "anyOf": [event, { "type": "array", "items": event }] })
        }
        "password_rules" => texts(described(
            "\"12 characters\", \"upper\", \"lower\", \"digit\", \"special\", \"no-sequences\", \"no-repeats\" or \"no-words\"",
        )),
        "password_style" => words(STYLES.iter().map(|s| s.0)),
        "password_via" | "waives" => texts(text()),
        "reject_over" => size(),
        "recovery" => words(RECOVERIES.iter().map(|r| r.0)),
        "if_no_channel" => words(IF_NO_CHANNEL.iter().map(|c| c.0)),
        "sender_may" => texts(words(FREEDOMS.iter().map(|f| f.0))),
        "require_tls" => words(TLS.iter().map(|t| t.0)),
        "take" => texts(words(STAYING.iter().map(|s| s.0))),
        "text" => languages(),
        "unlock" => words(UNLOCKS.iter().map(|u| u.0)),
        "use" => text(),
        _ => return None,
    })
}

fn of_label(key: &str) -> Option<Value> {
    Some(match key {
        "headers" => map(texts(text())),
        "msip" => texts(described("a GUID: 0a6b1c9e-1111-4c1e-9d0e-000000000010")),
        "rank" => number(0),
        "sensitivity" => texts(sensitivity()),
        "tags" => texts(text()),
        _ => return None,
    })
}

fn of_list(key: &str) -> Option<Value> {
    Some(match key {
        "entries" => texts(text()),
        "file" => text(),
        _ => return None,
    })
}

fn of_test(key: &str) -> Option<Value> {
    Some(match key {
        "attach" => one_or_many(object("attach", ATTACH.iter().copied(), &["name"])),
        "body" | "client" | "from" | "header_from" | "login" | "name" | "subject" => text(),
        "expect" => expected(),
        "expect_for" => map(expected()),
        "headers" => map(texts(text())),
        "to" => texts(text()),
        _ => return None,
    })
}

fn of_attachment(key: &str) -> Option<Value> {
    Some(match key {
        "name" | "text" | "type" => text(),
        "size" => size(),
        _ => return None,
    })
}

fn expected() -> Value {
    object("expect", EXPECTED.iter().copied(), &[])
}

fn of_expected(key: &str) -> Option<Value> {
    Some(match key {
        "rules" => json!({ "anyOf": [text(), { "type": "array", "items": text() }] }),
        "subject" | "text" => text(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::Object(properties)) = fields.get("properties") {
                    let empty = |v: &Value| v.as_object().is_some_and(Map::is_empty);
                    let bare = properties.iter().filter(|(_, v)| empty(v));
                    found.extend(bare.map(|(key, _)| format!("{path}{key}")));
                }
                for (key, value) in fields {
                    missing(value, &format!("{path}{key}."), found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| missing(item, path, found)),
            _ => {}
        }
    }

    #[test]
    fn every_key_of_the_tables_has_a_form() {
        let mut found = Vec::new();
        missing(&schema(), "", &mut found);
        assert!(
            found.is_empty(),
            "say in this file what the values of these are: {found:#?}"
        );
    }

    #[test]
    fn every_condition_is_in_it() {
        let schema = schema();
        let when = schema.pointer("/properties/rule/anyOf/0/properties/when/anyOf/0/properties");
        let when = when.and_then(Value::as_object).expect("conditions");
        assert_eq!(when.len(), KINDS.len() + 1);
        assert!(KINDS.iter().all(|kind| when.contains_key(kind.key)));
    }
}

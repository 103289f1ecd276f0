//! The JSON Schema of `cloakroom.toml`, for editors. It is not written anywhere: the reader is asked about a file that has every key with
//! a wrong value, and what it expects is the schema; so a key that is read is in it, and no other.
//!
//! Promises: whatever the reader takes fits the schema. What the schema cannot say (a port in use, one key that needs another) the
//! reader says. Leaves to others: `profile`, which `decide` reads.

use super::EXAMPLE;
use super::check::sections;
use super::reader::{Reader, Shape};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What was heard of every key, by its path.
struct Heard {
    shapes: BTreeMap<String, (Option<Shape>, Option<Shape>)>,
    needed: BTreeSet<String>,
}

/// Sections that stand any number of times, and what else must be in one for its keys to be asked for.
const MANY: &[(&str, &[&str])] = &[
    (
        "channel",
        &[
            "kind = \"agreed\"",
            "kind = \"command\"",
            "kind = \"folder\"",
            "kind = \"sender\"",
            "kind = \"smpp\"",
            "kind = \"sms\"",
            "kind = \"webhook\"",
        ],
    ),
    ("directory", &["kind = \"file\"", "kind = \"ldap\""]),
    ("dkim", &[""]),
];

/// The schema (draft 2020-12).
pub fn schema() -> Value {
    let heard = listen();
    let mut top = object(&heard, "");
    top["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    top["title"] = json!("cloakroom.toml");
    top
}

/// Asks again with what was learnt, until nothing new is heard: sections inside sections show only when their section is there.
fn listen() -> Heard {
    let (mut text, mut heard) = (String::new(), ask(""));
    for _ in 0..6 {
        let next = probe(&heard);
        if next == text {
            break;
        }
        heard = ask(&next);
        text = next;
    }
    heard
}

/// A file with every key that was heard of, each with a value that nobody takes.
fn probe(heard: &Heard) -> String {
    let many = |path: &str| {
        MANY.iter()
            .any(|(name, _)| path.split('.').next() == Some(name))
    };
    let leaf = |path: &String| {
        let inside = format!("{path}.");
        !heard.shapes.keys().any(|other| other.starts_with(&inside))
    };
    let value = |path: &str| match &heard.shapes[path].0 {
        Some(Shape::Section) => "{}",
        _ => "[false]",
    };
    let mut text = String::new();
    for path in heard.shapes.keys().filter(|p| leaf(p) && !many(p)) {
        text += &format!("{path} = {}\n", value(path));
    }
    for (name, kinds) in MANY {
        let inside = format!("{name}.");
        for kind in *kinds {
            text += &format!("[[{name}]]\n{kind}\n");
            for path in heard.shapes.keys().filter(|p| leaf(p)) {
                match path.strip_prefix(&inside) {
                    Some("kind") | None => {}
                    Some(key) => text += &format!("{key} = {}\n", value(path)),
                }
            }
        }
    }
    text
}

fn ask(text: &str) -> Heard {
    let reader = Reader::new(Path::new("cloakroom.toml"), text);
    // Everything in it is wrong; what counts is what was asked for.
    let _ = sections(&reader);
    let (places, shapes) = (reader.places.into_inner(), reader.shapes.into_inner());
    let needed = reader.needed.into_inner();
    let times = |key: &String| needed.iter().filter(|n| *n == key).count();
    let sections = |key: &str| {
        let name = key.split('.').next().unwrap_or_default();
        let many = MANY.iter().find(|(n, _)| *n == name);
        many.map_or(1, |(_, kinds)| kinds.len())
    };
    let shape = |key: &String| {
        let at = places.get(key).map(|span| span.start);
        let of = |at: Option<usize>| at.and_then(|at| shapes.get(&at).cloned());
        (of(at), of(at.map(|at| at + 1)))
    };
    let known = reader.known.into_inner().into_iter();
    Heard {
        shapes: known.map(|key| (key.clone(), shape(&key))).collect(),
        needed: needed
            .iter()
            .filter(|key| times(key) >= sections(key))
            .cloned()
            .collect(),
    }
}

/// The schema of a section.
fn object(heard: &Heard, section: &str) -> Value {
    let before = match section {
        "" => String::new(),
        name => format!("{name}."),
    };
    let mut properties = Map::new();
    let mut required = Vec::new();
    for path in heard.shapes.keys() {
        let Some(key) = path.strip_prefix(&before).filter(|k| !k.contains('.')) else {
            continue;
        };
        properties.insert(key.to_owned(), of(heard, path));
        let inside = format!("{path}.");
        let below = |k: &String| k.starts_with(&inside);
        let whole = !MANY.iter().any(|(name, _)| name == path) && path != "tls";
        if heard.needed.contains(path) || (whole && heard.needed.iter().any(below)) {
            required.push(key.to_owned());
        }
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn of(heard: &Heard, path: &str) -> Value {
    let inside = format!("{path}.");
    let section = heard.shapes.keys().any(|key| key.starts_with(&inside));
    let (shape, item) = &heard.shapes[path];
    let mut schema = match shape {
        _ if MANY.iter().any(|(name, _)| *name == path) => {
            json!({ "type": "array", "items": object(heard, path) })
        }
        _ if section => object(heard, path),
        Some(Shape::Section) => {
            json!({ "type": "object", "additionalProperties": { "type": "string" } })
        }
        Some(Shape::List) => json!({ "type": "array", "items": single(item.as_ref()) }),
        other => single(other.as_ref()),
    };
    if let Some(remark) = remark(path) {
        schema["description"] = json!(remark);
    }
    schema
}

fn single(shape: Option<&Shape>) -> Value {
    match shape {
        Some(Shape::Count) => json!({ "type": "integer", "minimum": 1 }),
        Some(Shape::Text) => json!({ "type": "string", "minLength": 1 }),
        Some(Shape::Words(words)) => json!({ "enum": words }),
        _ => json!({}),
    }
}

/// What the example says about a key.
fn remark(path: &str) -> Option<String> {
    let (section, key) = path.rsplit_once('.').unwrap_or(("", path));
    let mut at = "";
    for line in EXAMPLE.lines() {
        let line = line
            .strip_prefix("#: ")
            .or(line.strip_prefix("# "))
            .unwrap_or(line);
        let (text, remark) = line.rsplit_once(" # ").unwrap_or((line, ""));
        let text = text.trim();
        if let Some(name) = text.strip_prefix('[') {
            at = name.trim_matches(['[', ']']);
            if at == path && !remark.is_empty() {
                return Some(remark.to_owned());
            }
        } else if at == section && text.split_once(" = ").is_some_and(|(name, _)| name == key) {
            return (!remark.is_empty()).then(|| remark.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_it_with_its_form() {
        let schema = schema();
        let rows = [
            ("/properties/schema/type", json!("integer")),
            ("/properties/intake/properties/lmtp/type", json!("string")),
            ("/properties/intake/required", json!(["next_hop"])),
            (
                "/properties/intake/properties/accept_from/items/type",
                json!("string"),
            ),
            (
                "/properties/portal/properties/tls/enum",
                json!(["off", "files", "acme"]),
            ),
            (
                "/properties/lock/properties/soft/properties/tries/minimum",
                json!(1),
            ),
            (
                "/properties/lock/properties/hard/properties/then/enum",
                json!(["locked", "deleted"]),
            ),
            ("/properties/tls/required", json!(["certificate", "key"])),
            (
                "/properties/channel/items/required",
                json!(["kind", "name"]),
            ),
            (
                "/properties/channel/items/properties/kind/enum",
                json!([
                    "agreed", "command", "folder", "sender", "smpp", "sms", "webhook"
                ]),
            ),
            (
                "/properties/channel/items/properties/headers/type",
                json!("object"),
            ),
            (
                "/properties/channel/items/properties/per_number_per_day/type",
                json!("integer"),
            ),
            (
                "/properties/dkim/items/required",
                json!(["domain", "key", "selector"]),
            ),
            (
                "/properties/policy/properties/dir/description",
                json!("every *.toml in it"),
            ),
            ("/additionalProperties", json!(false)),
        ];
        for (pointer, want) in rows {
            assert_eq!(
                schema.pointer(pointer),
                Some(&want),
                "{pointer} in\n{schema:#}"
            );
        }
        let needed = schema["required"].as_array().expect("a list");
        for section in ["identity", "intake", "portal", "schema"] {
            assert!(needed.contains(&json!(section)), "{section}");
        }
        assert!(!needed.contains(&json!("tls")) && !needed.contains(&json!("store")));
    }

    #[test]
    fn every_key_the_reader_knows_has_a_form() {
        let heard = listen();
        for key in crate::config::check::known_keys() {
            let (shape, item) = &heard.shapes[&key];
            let list = *shape == Some(Shape::List);
            let said = shape.is_some() && (!list || item.is_some());
            let inside = heard
                .shapes
                .keys()
                .any(|k| k.starts_with(&format!("{key}.")));
            assert!(said || inside || key == "profile", "{key}");
        }
    }
}

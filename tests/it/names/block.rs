//! Names in the block that stands in the mail, in both faces.

use super::table::{escaped, rows};
use crate::rewriting::desk::{
    Cte, Draw, bytes, bytes_of, decision, decoded, held, parsed, plan, protected, shown_texts,
    text, variants,
};
use cloakroom::mail::Mail;
use cloakroom::transfer::Scope;
use cloakroom::transfer::proof::ShownFile;
use std::collections::BTreeSet;

const TO: &str = "bo@partner.example";

fn mail() -> Mail {
    let draw = Draw::Multi(
        "mixed",
        vec![
            Draw::Multi(
                "alternative",
                vec![
                    text("plain; charset=utf-8", Cte::Quoted, "Hello.\r\n"),
                    text("html; charset=utf-8", Cte::Quoted, "<p>Hello.</p>\r\n"),
                ],
            ),
            Draw::File("a.pdf"),
        ],
    );
    parsed(&bytes_of(&draw), &[TO])
}

fn files(names: &[String]) -> Vec<ShownFile> {
    let file = |name: &String| ShownFile {
        name: name.clone(),
        size: 7,
    };
    names.iter().map(file).collect()
}

/// Plain and HTML text of a mail whose block lists these.
fn faces(names: &[String]) -> (String, String) {
    let out = bytes(&protected(&mail(), "en", files(names)));
    let after = parsed(&out, &[TO]);
    assert!(after.outline.doubts.is_empty());
    let face = |n: usize| decoded(&after, shown_texts(&after)[n]);
    let face = |n| String::from_utf8(face(n)).expect("UTF-8");
    (face(0), face(1))
}

/// The HTML of a mail whose block lists these.
pub fn html(names: &[String]) -> String {
    faces(names).1
}

fn wanted() -> Vec<String> {
    let all: BTreeSet<String> = rows().into_iter().filter_map(|row| row.want).collect();
    all.into_iter().collect()
}

#[test]
fn the_plain_block_has_every_name_on_a_line_of_its_own() {
    for ten in wanted().chunks(10) {
        let (plain, _) = faces(ten);
        let lines: Vec<&str> = plain.split("\r\n").collect();
        let (empty, _) = faces(&["x".to_owned()]);
        assert_eq!(lines.len(), empty.split("\r\n").count() + ten.len() - 1);
        for name in ten.iter().filter(|n| n.chars().count() <= 54) {
            let is_it = |line: &&&str| {
                let listed = line
                    .strip_prefix("  ")
                    .and_then(|l| l.strip_suffix("   7 bytes"));
                listed.is_some_and(|l| l.trim_end() == name)
            };
            let found = lines.iter().filter(is_it);
            assert_eq!(found.count(), 1, "{} in {plain}", escaped(name));
        }
    }
}

#[test]
fn hidden_names_stay_hidden() {
    for ten in wanted().chunks(10) {
        let mail = mail();
        let taken = mail.outline.files().map(|(index, _)| index).collect();
        let mut decision = decision(TO, Scope::Parts(taken));
        decision.options.hide_names = true;
        let out = variants(&mail, &plan(vec![decision]), &held(&[&[0]], files(ten))).remove(0);
        let after = parsed(&bytes(&out), &[TO]);
        for part in shown_texts(&after) {
            let shown = String::from_utf8(decoded(&after, part)).expect("UTF-8");
            for name in ten.iter().filter(|n| n.chars().count() > 4) {
                assert!(!shown.contains(name.as_str()), "{name} is in {shown}");
            }
        }
    }
}

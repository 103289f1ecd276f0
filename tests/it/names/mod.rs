//! Names that strangers give (`tests/names.table`) on their whole way: through a mail's header in every spelling, into outline,
//! catalogue, page, download, ZIP, disk and block. What is wanted of each stands in the table.

mod block;
mod forms;
mod journey;
pub mod table;

use crate::properties::truth::filename::assert_safe;
use cloakroom::mail::{FileName, SkeletonBuilder, Spool};
use cloakroom::parse;
use forms::FORMS;
use std::fmt::Write;
use table::{Given, escaped, rows};

#[test]
fn every_name_becomes_the_safe_one_and_stays_it() {
    let mut wrong = String::new();
    for row in rows() {
        let Given::Text(text) = &row.given else {
            continue;
        };
        let name = FileName::new(text);
        if name.as_ref().map(FileName::as_str) != row.want.as_deref() {
            let found = name.as_ref().map(|n| escaped(n.as_str()));
            let _ = writeln!(wrong, "{} => {}", row.shown, found.unwrap_or_default());
        }
        let Some(name) = name else { continue };
        assert_safe(name.as_str());
        assert_eq!(
            FileName::new(name.as_str()).as_ref(),
            Some(&name),
            "{row:?}"
        );
        for number in [2, 10, 1000] {
            let again = name.again(number);
            assert_safe(again.as_str());
            assert_eq!(
                FileName::new(again.as_str()).as_ref(),
                Some(&again),
                "{row:?}"
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_spelling_of_a_name_gives_the_same_safe_one() {
    let rows = rows();
    let mut wrong = String::new();
    for (form_name, form) in FORMS {
        let (mail, carried) = forms::mail(rows.iter().enumerate(), form);
        assert!(carried.len() > 100, "{form_name} carries {}", carried.len());
        let mut skeleton = SkeletonBuilder::new();
        skeleton.push(mail.as_bytes());
        let spool = Spool::of(mail.as_bytes());
        let outline = parse::outline(&spool, &skeleton.finish()).expect("a spool in memory");
        assert_eq!(outline.parts.len(), carried.len() + 2, "{form_name}");
        for (number, part) in carried.iter().zip(&outline.parts[2..]) {
            let row = &rows[*number];
            let found = part.name.as_ref().map(FileName::as_str);
            if found != row.want.as_deref() {
                let found = found.map(escaped).unwrap_or_default();
                let _ = writeln!(wrong, "{} => {found}   ({form_name})", row.shown);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

//! The manual's page `mails` says what happens to which mail; here each of its rows is tried, and each doubt of the program looked up.

use crate::shapes::{mails, outline_of};
use cloakroom::decide::extract::Inline;
use cloakroom::decide::{Frame, Policy};
use cloakroom::gateway::preview::preview;
use cloakroom::mail::envelope::{Client, Envelope};
use cloakroom::mail::{Intake, MailId, Recipient};
use cloakroom::manual::page;
use cloakroom::transfer::Scope;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Rows of the table below a heading, cell by cell.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = page("mails").expect("the page is in the manual").text;
    let (_, rest) = text
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("no heading {heading:?}"));
    let section = rest.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let cells = |row: &str| -> Vec<String> {
        let row = row.trim_matches('|').split(" | ");
        row.map(|cell| cell.trim().to_owned()).collect()
    };
    rows.skip(2).map(cells).collect()
}

fn in_backquotes(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What becomes of a mail of `tests/mails` for a recipient outside, in a word of the page.
fn outcome(name: &str, action: &str) -> &'static str {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/mails/{name}.eml"));
    let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
    let text = format!(
        "[[rule]]\nid = \"r\"\nwhy = \"w\"\nwhen = {{ recipients_over = 0 }}\n\
         then = {{ action = \"{action}\", unlock = \"link\" }}\n"
    );
    let frame = Frame {
        domains: vec!["sender.example".into()],
        ..Frame::default()
    };
    let policy = Policy::read(&[(PathBuf::from("p.toml"), text)], &frame).expect("a policy");
    let mut intake = Intake::new(&std::env::temp_dir());
    intake.write(&bytes).expect("memory takes it");
    let envelope = Envelope {
        sender: Some("ada@sender.example".parse().expect("an address")),
        recipients: vec![Recipient::new(
            "bo@partner.example".parse().expect("an address"),
        )],
        options: Default::default(),
        client: Client::local(),
    };
    let received = intake
        .finish(MailId::fresh(), envelope)
        .expect("memory gives it");
    let (_, plan) = preview(&policy, received, &Inline).expect("it is decided");
    match plan.decisions[0].scope {
        Scope::Nothing => "untouched",
        Scope::Parts(_) | Scope::Message => "changed",
        Scope::Whole(_) => "whole",
    }
}

#[test]
fn every_mail_of_the_page_meets_what_the_page_says() {
    let mut wrong = String::new();
    let rows = table("Mail by mail");
    assert!(rows.len() > 10, "the table is there");
    for row in &rows {
        let [mail, transfer, seal, tried] = &row[..] else {
            panic!("four cells: {row:?}");
        };
        assert!(
            in_backquotes(tried).count() > 0,
            "{mail}: tried with nothing"
        );
        for name in in_backquotes(tried) {
            for (action, said) in [("transfer", transfer), ("seal", seal)] {
                let found = outcome(name, action);
                if found != said {
                    let _ = writeln!(
                        wrong,
                        "{mail}: {name} under {action} is {found}, not {said}"
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_doubt_is_in_the_page_and_no_other() {
    let rows = table("Why a mail goes whole");
    let said: BTreeSet<String> = rows
        .iter()
        .flat_map(|row| row[0].split("; ").map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let found: BTreeSet<String> = mails()
        .iter()
        .flat_map(|path| outline_of(&std::fs::read(path).expect("readable")).doubts)
        .map(|doubt| doubt.what.to_owned())
        .collect();
    let unsaid: Vec<_> = found.difference(&said).collect();
    assert!(unsaid.is_empty(), "not in the page: {unsaid:#?}");
    let sources = sources_of(&["parse", "mail"]);
    let unknown = said
        .iter()
        .filter(|what| !sources.contains(&format!("\"{what}\"")));
    let unknown: Vec<_> = unknown.collect();
    assert!(unknown.is_empty(), "no code says: {unknown:#?}");
}

/// The text of all files of these folders of `src`.
fn sources_of(folders: &[&str]) -> String {
    let mut text = String::new();
    for folder in folders {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(folder);
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("readable").path();
            text += &std::fs::read_to_string(path).unwrap_or_default();
        }
    }
    text
}

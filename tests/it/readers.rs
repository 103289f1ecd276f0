//! Whoever reads the mail: what any of six readers shows as a file is taken, and is not shown any more by what leaves.
//!
//! Looked at are the mails of `tests/mails`, and the real ones that `CLOAKROOM_SHARED` names. In `tests/mails` the word `CANARY` marks
//! what must leave no protected mail, whatever its part is called. What each reader sees is written down, see [`seen`].

mod fate;
mod seen;

use crate::support::line::{LINK, SEAL, TRANSFER, all_mails, hand_made};
use crate::support::readers::{Leaf, Question, Reading, ask};
use fate::{Case, Fate};
use memchr::memmem;

#[test]
fn what_any_reader_shows_as_a_file_is_in_the_transfer() {
    let cases = cases(&[TRANSFER]);
    let questions: Vec<Question> = cases
        .iter()
        .map(|case| Question {
            bytes: case.bytes.clone(),
            needles: Vec::new(),
        })
        .collect();
    let mut wrong = Vec::new();
    let readers = ask(&questions);
    for reader in &readers {
        for (case, reading) in cases.iter().zip(&reader.readings) {
            if let Some(why) = &reading.died {
                eprintln!("{} died at {}: {why}", reader.name, case.name);
            }
            for leaf in uncovered(case, reading) {
                wrong.push(format!(
                    "{} shows {} in {}, and it is not in the transfer ({:?})",
                    reader.name,
                    leaf.shown(),
                    case.name,
                    case.scope
                ));
            }
        }
    }
    wrong.extend(seen::compare(&cases, &readers));
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn nothing_that_was_taken_is_shown_by_what_leaves() {
    let cases = cases(&[TRANSFER, SEAL]);
    assert!(cases.len() > 100, "the mails are there");
    let questions: Vec<Question> = cases.iter().map(what_must_not_leave).collect();
    let traces = questions.iter().flat_map(|q| &q.needles).count();
    assert!(traces > 2 * cases.len() + 100, "something is taken");
    let mut wrong = Vec::new();
    for (case, question) in cases.iter().zip(&questions) {
        for needle in &question.needles[1..] {
            if memmem::find(&case.out, needle).is_some() {
                wrong.push(format!("{}: {:?} leaves", case.name, text(needle)));
            }
        }
    }
    for reader in ask(&questions) {
        for ((case, question), reading) in cases.iter().zip(&questions).zip(&reader.readings) {
            let place = format!("{} in what leaves of {}", reader.name, case.name);
            if let Some(why) = &reading.died {
                wrong.push(format!("{place}: died, {why}"));
            }
            for index in 0..reading.leaves.len() {
                let what = leaks(case, question, reading, index);
                wrong.extend(what.map(|what| format!("{place}: {what}")));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn cases(rules: &[&str]) -> Vec<Case> {
    let mut cases = Vec::new();
    let hand_made = hand_made().len();
    for (number, (name, bytes)) in all_mails().into_iter().enumerate() {
        for rule in rules {
            let mut case = Case::of(&name, bytes.clone(), rule);
            case.is_hand_made = number < hand_made;
            cases.push(case);
        }
    }
    cases
}

/// The link first: it tells which text has our block in it.
fn what_must_not_leave(case: &Case) -> Question {
    let mut needles = vec![LINK.as_bytes().to_vec(), b"CANARY".to_vec()];
    needles.extend(case.traces());
    Question {
        bytes: case.out.clone(),
        needles,
    }
}

/// Files that are neither taken nor of a kind that stays.
fn uncovered<'a>(case: &Case, reading: &'a Reading) -> Vec<&'a Leaf> {
    // The original goes as it is, or as a whole: there is nothing that a reader could find beside it.
    if case.is_sealed() {
        return Vec::new();
    }
    let is_wrong = |&index: &usize| {
        let is_settled = case.is_settled(&[Fate::Taken, Fate::Stays], reading, index);
        reading.leaves[index].is_file() && !is_settled
    };
    let wrong = (0..reading.leaves.len()).filter(is_wrong);
    wrong.map(|index| &reading.leaves[index]).collect()
}

/// What is wrong with a leaf of a mail that leaves.
fn leaks(case: &Case, question: &Question, reading: &Reading, index: usize) -> Option<String> {
    let leaf = &reading.leaves[index];
    let (link, needles) = question.needles.split_first().expect("the link is there");
    if let Some(needle) = needles.iter().find(|needle| leaf.has(needle)) {
        return Some(format!("{} has {:?} in it", leaf.shown(), text(needle)));
    }
    let stays = case.is_settled(&[Fate::Stays], reading, index);
    if case.is(Fate::Taken, leaf) && !stays && leaf.plain_size > 0 {
        return Some(format!("{} is what was taken", leaf.shown()));
    }
    (leaf.is_file() && !stays && !leaf.has(link)).then(|| format!("{} is a file", leaf.shown()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

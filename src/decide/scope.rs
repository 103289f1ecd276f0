//! Which parts go: from what policy wants and what the mail is (the table of cases in the design, section 5).
//!
//! Promises: a mail whose structure is in doubt is never taken apart and never passed where policy protects; it goes whole (P2). Not
//! even one that seems to be empty: where a header ends may be just what readers disagree about.
//! Parts inside a forwarded message go with it; parts under a signature are not taken out of it.

use super::facts::{Facts, is_opaque};
use super::wish::Level;
use crate::mail::Outline;
use crate::mail::outline::{Nature, Role};
use crate::transfer::Scope;
use std::collections::BTreeSet;

/// What goes into the transfer. `taken`: kinds of parts that go besides files.
pub fn scope(level: Level, taken: &[Role], facts: &Facts<'_>) -> Scope {
    let outline = &facts.mail.outline;
    let doubt = outline.doubts.first().map(|d| d.what);
    match (level, outline.nature) {
        (Level::Pass | Level::Hold | Level::Reject, _) => Scope::Nothing,
        (_, _) if doubt.is_some() => Scope::Whole(doubt.unwrap_or("its structure is in doubt")),
        (_, Nature::Encrypted) => Scope::Whole("it is encrypted and travels as it is"),
        (Level::Seal, Nature::Signed) => Scope::Whole("it is signed, and any change breaks that"),
        (Level::Seal, _) => Scope::Message,
        (Level::Transfer, _) if is_opaque(outline) => {
            Scope::Whole("its content is inside a signature")
        }
        (Level::Transfer, _) => parts(taken, outline),
    }
}

fn parts(taken: &[Role], outline: &Outline) -> Scope {
    let goes = |role| matches!(role, Role::Attachment | Role::Message) || taken.contains(&role);
    let chosen: Vec<usize> = outline
        .parts
        .iter()
        .enumerate()
        .filter(|(_, part)| part.inside.is_none() && goes(part.role))
        .map(|(index, _)| index)
        .collect();
    let chosen = with_brothers(outline, chosen);
    if chosen
        .iter()
        .any(|index| is_under_signature(outline, *index))
    {
        return Scope::Whole("it is signed, and taking files out breaks that");
    }
    match chosen.is_empty() {
        true => Scope::Nothing,
        false => Scope::Parts(chosen),
    }
}

/// The files of one `winmail.dat` leave the mail together, so they go into the transfer together.
fn with_brothers(outline: &Outline, chosen: Vec<usize>) -> Vec<usize> {
    let opened: BTreeSet<usize> = chosen
        .iter()
        .map(|index| &outline.parts[*index])
        .filter(|part| part.spool.is_some())
        .filter_map(|part| part.parent)
        .collect();
    let brothers = outline.parts.iter().enumerate();
    let brothers = brothers
        .filter(|(_, part)| part.parent.is_some_and(|parent| opened.contains(&parent)))
        .map(|(index, _)| index);
    let all: BTreeSet<usize> = chosen.iter().copied().chain(brothers).collect();
    all.into_iter().collect()
}

/// The part lies in a `multipart/signed`, whose signature is over all it contains (RFC 1847).
fn is_under_signature(outline: &Outline, index: usize) -> bool {
    let mut at = outline.parts[index].parent;
    while let Some(parent) = at {
        if outline.parts[parent].media_type == "multipart/signed" {
            return true;
        }
        at = outline.parts[parent].parent;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::sample::{Sample, facts_of};
    use crate::mail::Part;

    #[test]
    fn the_table_of_cases() {
        use Level::{Pass, Reject, Seal, Transfer};
        use Scope::{Message, Nothing, Parts};
        let plain = || Sample::text();
        let files = || Sample::text().file("a.pdf", 10).file("b.pdf", 10);
        let rows: Vec<(&str, Sample, Level, Scope)> = vec![
            ("text", plain(), Transfer, Nothing),
            ("text", plain(), Seal, Message),
            ("files", files(), Pass, Nothing),
            ("files", files(), Reject, Nothing),
            ("files", files(), Transfer, Parts(vec![2, 3])),
            ("files", files(), Seal, Message),
            (
                "message",
                plain().forwarded("f.eml"),
                Transfer,
                Parts(vec![2]),
            ),
            (
                "calendar",
                plain().part("text/calendar", Role::Calendar),
                Transfer,
                Nothing,
            ),
        ];
        for (name, sample, level, want) in rows {
            let mail = sample.mail();
            let got = scope(level, &[], &facts_of(&mail));
            assert_eq!(got, want, "{name} {level:?}");
        }
    }

    #[test]
    fn what_must_not_be_taken_apart_goes_whole() {
        let rows = [
            (
                "doubt",
                Sample::text().doubt("two boundaries"),
                Level::Transfer,
            ),
            ("doubt", Sample::text().doubt("two boundaries"), Level::Seal),
            (
                "doubt and file",
                Sample::text().file("a", 1).doubt("x"),
                Level::Transfer,
            ),
            (
                "signed file",
                Sample::signed().file("a.pdf", 1),
                Level::Transfer,
            ),
            ("signed text", Sample::signed(), Level::Seal),
            ("opaque", Sample::opaque(), Level::Transfer),
            ("encrypted", Sample::encrypted(), Level::Transfer),
            ("encrypted", Sample::encrypted(), Level::Seal),
        ];
        for (name, sample, level) in rows {
            let mail = sample.mail();
            let got = scope(level, &[], &facts_of(&mail));
            assert!(matches!(got, Scope::Whole(_)), "{name} {level:?}: {got:?}");
        }
    }

    #[test]
    fn a_doubtful_mail_is_not_believed_to_be_empty() {
        let mail = Sample::opaque().doubt("no blank line").mail();
        let got = scope(Level::Transfer, &[], &facts_of(&mail));
        assert_eq!(got, Scope::Whole("no blank line"));
    }

    #[test]
    fn a_signed_mail_without_files_passes_under_transfer() {
        let mail = Sample::signed().mail();
        assert_eq!(
            scope(Level::Transfer, &[], &facts_of(&mail)),
            Scope::Nothing
        );
    }

    #[test]
    fn a_file_beside_the_signed_part_is_taken_alone() {
        let mail = Sample::signed().file_outside("footer.pdf", 5).mail();
        let got = scope(Level::Transfer, &[], &facts_of(&mail));
        assert!(matches!(got, Scope::Parts(_)), "{got:?}");
    }

    #[test]
    fn the_files_of_one_winmail_go_together() {
        let mut mail = Sample::text().file("winmail.dat", 10).mail();
        let children = [Role::Attachment, Role::Card].map(|role| Part {
            parent: Some(2),
            spool: Some(mail.spool.clone()),
            role,
            ..Part::empty("1.2.1")
        });
        mail.outline.parts[2].role = Role::Container;
        mail.outline.parts.extend(children);
        let got = scope(Level::Transfer, &[], &facts_of(&mail));
        assert_eq!(got, Scope::Parts(vec![3, 4]));
    }

    #[test]
    fn parts_that_stay_can_be_asked_for() {
        let mail = Sample::text().part("text/calendar", Role::Calendar).mail();
        let got = scope(Level::Transfer, &[Role::Calendar], &facts_of(&mail));
        assert_eq!(got, Scope::Parts(vec![2]));
    }
}

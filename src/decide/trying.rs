//! Trying detectors out: the list of them, and what they find in a text that somebody typed.
//!
//! Promises: the same search as for mails; of a value never more than four characters are shown. Every detector looks, whether a rule
//! asks for it or not. Leaves to others: printing, and what rules make of it (`explain`).

use super::conditions::finds::CONFIDENCES;
use super::detectors::{ALL, Confidence, Detector, Family};
use super::policy::Policy;
use super::search::{Asks, Wanted, search_text};
use serde::Serialize;

/// A detector in a line. The keys of its JSON form are fixed.
#[derive(Debug, Serialize)]
pub struct Row {
    /// As rules call it.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// ISO 3166, lower case; empty: everywhere.
    pub country: &'static str,
    /// `identity`, `account`, `device`, `contact` or `secret`; `any` means the first two.
    pub family: &'static str,
    /// The class of a number without words around it; none: it does not count then.
    pub bare: Option<&'static str>,
    /// The class with a context word near it, or in the heading of its column.
    pub with_context: &'static str,
    /// The context words.
    pub context: &'static [&'static str],
}

/// Something that was found. The keys of its JSON form are fixed.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The detector.
    pub detector: &'static str,
    /// What speaks for it: `low`, `medium` or `high`.
    pub confidence: &'static str,
    /// `text, line 3`
    pub place: String,
    /// The end of the value, at most four characters.
    pub shown: String,
    /// The context word, if there is one.
    pub context: Option<String>,
    /// How many characters away it is; none: in the heading of the column.
    pub distance: Option<usize>,
}

/// What was found in a text.
#[derive(Debug, Serialize)]
pub struct Tried {
    /// Up to twenty of each detector, with their places.
    pub found: Vec<Found>,
    /// More than that.
    pub more: usize,
    /// Words and expressions of the policy, and its own detectors, if there is a policy.
    pub policy: Vec<Matched>,
}

/// Something that the policy looks for. The keys of its JSON form are fixed.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// As written in the policy, or the name of an own detector.
    pub pattern: String,
    /// How often.
    pub count: usize,
    /// Where first.
    pub place: String,
}

/// Every detector of this version.
pub fn detectors() -> Vec<Row> {
    ALL.iter().map(|detector| row(detector)).collect()
}

/// What the detectors find in a text, and what else a policy looks for.
pub fn try_text(text: &str, policy: Option<&Policy>) -> Tried {
    let mut asks = Asks::default();
    for detector in ALL {
        asks.named(detector.name);
    }
    let wanted = asks.finish();
    let content = search_text(text, &wanted);
    let mut tried = Tried {
        found: Vec::new(),
        more: 0,
        policy: policy.map_or_else(Vec::new, |policy| of_policy(text, policy.wanted())),
    };
    for (number, name) in wanted.names() {
        let Some(detector) = ALL.iter().find(|d| d.name == name) else {
            continue;
        };
        for hit in content.of(&[number], Confidence::Low) {
            match &hit.evidence {
                Some(evidence) => tried.found.push(Found {
                    detector: detector.name,
                    confidence: word(hit.confidence),
                    place: evidence.place.clone(),
                    shown: evidence.shown.clone(),
                    context: evidence.context.as_ref().map(|(word, _)| word.clone()),
                    distance: evidence
                        .context
                        .as_ref()
                        .and_then(|(_, distance)| *distance),
                }),
                None => tried.more += 1,
            }
        }
    }
    tried
}

fn of_policy(text: &str, wanted: &Wanted) -> Vec<Matched> {
    let content = search_text(text, wanted);
    let patterns = content.matches.all().map(|(id, _, hits)| Matched {
        pattern: wanted.pattern(id).to_owned(),
        count: hits.count as usize,
        place: hits.place.clone(),
    });
    let own = wanted
        .names()
        .filter(|(_, name)| ALL.iter().all(|d| d.name != *name));
    let own = own.filter_map(|(number, name)| {
        let count = content.count(&[number], Confidence::Low, false);
        let first = content.of(&[number], Confidence::Low).next().cloned()?;
        Some(Matched {
            pattern: format!("detector {name}"),
            count,
            place: first.evidence.map(|e| e.place.clone()).unwrap_or_default(),
        })
    });
    own.chain(patterns).collect()
}

fn row(detector: &'static Detector) -> Row {
    Row {
        name: detector.name,
        title: detector.title,
        country: detector.country,
        family: match detector.family {
            Family::Account => "account",
            Family::Contact => "contact",
            Family::Device => "device",
            Family::Identity => "identity",
            Family::Secret => "secret",
        },
        bare: detector.bare.map(word),
        with_context: word(detector.with_context),
        context: detector.context,
    }
}

/// As rules say it.
fn word(confidence: Confidence) -> &'static str {
    let found = CONFIDENCES.iter().find(|(_, class)| *class == confidence);
    found.map_or("low", |(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::Frame;

    #[test]
    fn a_number_is_shown_by_its_end_with_what_speaks_for_it() {
        let tried = try_text("Hello,\nPersonnummer: 811228-9874\n", None);
        let found = tried.found.iter().find(|f| f.detector == "personnummer");
        let found = found.unwrap_or_else(|| panic!("{tried:?}"));
        assert_eq!((found.confidence, found.shown.as_str()), ("high", "874"));
        assert_eq!(found.context.as_deref(), Some("Personnummer"));
        assert!(found.place.contains("line 2"), "{found:?}");
        assert!(try_text("Order 12 has shipped.", None).found.is_empty());
    }

    #[test]
    fn every_detector_has_a_row_that_people_can_read() {
        let rows = detectors();
        assert_eq!(rows.len(), ALL.len());
        assert!(
            rows.iter()
                .all(|row| !row.title.is_empty() && !row.name.is_empty())
        );
    }

    #[test]
    fn what_a_policy_looks_for_is_named_as_it_is_written() {
        let rules = "[[rule]]\nid = \"r\"\nwhy = \"w\"\nthen = \"transfer\"\n\
            when = { text_any = [\"project x*\", \"/proj-[0-9]{4}/\"] }\n";
        let sources = [("p.toml".into(), rules.to_owned())];
        let policy = Policy::read(&sources, &Frame::default()).expect("a policy");
        let tried = try_text(
            "Hello,\nProject Xylophone: proj-1234, proj-5678",
            Some(&policy),
        );
        let said = tried.policy.iter().map(|m| (m.pattern.as_str(), m.count));
        assert_eq!(
            said.collect::<Vec<_>>(),
            [("project x*", 1), ("/proj-[0-9]{4}/", 2)]
        );
        assert!(tried.policy[0].place.contains("line 2"), "{tried:?}");
    }
}

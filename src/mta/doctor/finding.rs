//! What the doctor says: findings, and what was looked at.

use serde::Serialize;
use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it must be mended.
    pub weight: Weight,
    /// What is wrong: lower case, no full stop.
    pub what: String,
    /// File, service, parameter.
    #[serde(rename = "where")]
    pub place: String,
    /// What follows of it, in a sentence.
    pub why: String,
    /// The line that mends it: a command, or what to write at the place.
    pub mend: String,
}

/// How much a finding weighs. The words of its JSON form are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Mail can be lost, or leave past the gateway.
    Fail,
    /// It works, and could be better.
    Note,
}

/// What came of one look. The keys of its JSON form are fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Which mail server: `postfix`, `sendmail`, `exim`.
    pub mta: &'static str,
    /// What was looked at, a line each.
    pub checked: Vec<String>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// Something that must be mended.
    pub fn fail(
        what: impl Into<String>,
        place: impl Into<String>,
        why: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        Finding {
            weight: Weight::Fail,
            what: what.into(),
            place: place.into(),
            why: why.into(),
            mend: mend.into(),
        }
    }

    /// The same, but nothing is known to be lost, or to leave by it.
    pub fn note(self) -> Finding {
        Finding {
            weight: Weight::Note,
            ..self
        }
    }

    /// A setting that could not be read.
    pub fn unread(place: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding::fail(
            "it cannot be read",
            place,
            "What is not known is not known to be safe.",
            mend,
        )
    }
}

impl Report {
    /// Nothing must be mended.
    pub fn is_well(&self) -> bool {
        let mut all = self.findings.iter();
        all.all(|finding| finding.weight == Weight::Note)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.weight {
            Weight::Fail => "FAIL",
            Weight::Note => "note",
        };
        writeln!(f, "{word}  {}: {}", self.place, self.what)?;
        writeln!(f, "      {}", self.why)?;
        writeln!(f, "      mend: {}", self.mend)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.checked {
            writeln!(f, "ok    {line}")?;
        }
        self.findings.iter().try_for_each(|finding| finding.fmt(f))
    }
}

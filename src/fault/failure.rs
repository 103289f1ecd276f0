//! How a command ends: one exit code of sysexits.h, one line of error, and hints.

use super::diagnostic::Diagnostics;
use super::{Blame, Fault};
use std::fmt;
use std::process::ExitCode;

/// Exit codes; scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It could not be done, for a reason no other code names.
    Failed = 1,
    /// The command line is wrong (EX_USAGE).
    Usage = 64,
    /// The mail or the data is bad (EX_DATAERR).
    BadData = 65,
    /// A service cannot be reached or answers nonsense (EX_UNAVAILABLE).
    Unavailable = 69,
    /// Trying again later may help (EX_TEMPFAIL).
    TryAgain = 75,
    /// Not allowed: a wrong password, a link that does not open (EX_NOPERM).
    NotAllowed = 77,
    /// The configuration is wrong (EX_CONFIG).
    Config = 78,
}

/// Why a command ended early: what a person at a terminal reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The code.
    pub exit: Exit,
    /// One line or one picture each; lower case, no full stop.
    pub errors: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl Failure {
    /// One line of error.
    pub fn new(exit: Exit, error: impl fmt::Display) -> Self {
        Failure {
            exit,
            errors: vec![error.to_string()],
            hint: None,
        }
    }

    /// The same with what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<Diagnostics> for Failure {
    fn from(mistakes: Diagnostics) -> Self {
        Failure {
            exit: Exit::Config,
            errors: mistakes.0.iter().map(ToString::to_string).collect(),
            hint: None,
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let exit = match (fault.blame(), fault.retry()) {
            (Blame::Sender, _) => Exit::BadData,
            (Blame::NextHop, true) => Exit::Unavailable,
            (_, true) => Exit::TryAgain,
            _ => Exit::Failed,
        };
        Failure::new(exit, fault)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in &self.errors {
            writeln!(f, "cloakroom: error: {error}")?;
        }
        match &self.hint {
            Some(hint) => writeln!(f, "cloakroom: hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

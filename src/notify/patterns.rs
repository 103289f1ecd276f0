//! What a provider's answer means: sent, worth another try, or final.
//!
//! Promises: nothing of the answer but its status gets into the sentence, because a provider may repeat the password in it.

use super::Trouble;
use super::http::HttpSettings;
use crate::client::Answer;
use crate::transfer::report::Report;
use hyper::StatusCode;
use regex::bytes::Regex;

/// The operator's patterns, beside what a status says by itself.
#[derive(Debug)]
pub(super) struct Patterns {
    success: Option<Regex>,
    never: Option<Regex>,
    later: Option<Regex>,
    delivered: Option<Regex>,
    failed: Option<Regex>,
}

impl Patterns {
    /// The error names the key of the configuration.
    pub(super) fn read(settings: &HttpSettings) -> Result<Self, String> {
        let pattern = |key: &str, text: &Option<String>| {
            let compiled = text.as_deref().map(Regex::new).transpose();
            compiled.map_err(|e| format!("{key}: {e}"))
        };
        Ok(Patterns {
            success: pattern("success", &settings.success)?,
            never: pattern("never", &settings.never)?,
            later: pattern("later", &settings.later)?,
            delivered: pattern("report_delivered", &settings.report_delivered)?,
            failed: pattern("report_failed", &settings.report_failed)?,
        })
    }

    /// What a report says. One that says both has failed: a password more is sent, none is lost.
    pub(super) fn report(&self, query: &[u8], body: &[u8]) -> Option<Report> {
        let has = |pattern: &Option<Regex>| {
            let said = |p: &Regex| p.is_match(query) || p.is_match(body);
            pattern.as_ref().is_some_and(said)
        };
        match (has(&self.failed), has(&self.delivered)) {
            (true, _) => Some(Report::Failed),
            (false, true) => Some(Report::Delivered),
            (false, false) => None,
        }
    }

    /// Body and header fields stay out of the sentence: a provider may repeat the text there.
    pub(super) fn judge(&self, answer: &Answer) -> Result<(), Trouble> {
        let status = answer.status;
        let has = |p: &Option<Regex>| p.as_ref().is_some_and(|p| p.is_match(&answer.body));
        if has(&self.never) {
            return Err(Trouble::Never(format!("{status}, and matches `never`")));
        }
        if has(&self.later) {
            return Err(Trouble::Later(format!("{status}, and matches `later`")));
        }
        match status.as_u16() {
            200..300 if self.success.is_none() || has(&self.success) => Ok(()),
            200..300 => Err(Trouble::Never(format!("{status}, but not `success`"))),
            _ => by_status(status),
        }
    }
}

/// What a status means where nobody has said anything else.
pub(super) fn by_status(status: StatusCode) -> Result<(), Trouble> {
    match status.as_u16() {
        200..300 => Ok(()),
        // The operator can mend a wrong token or address; the others pass by themselves.
        300..=399 | 401 | 403 | 404 | 407 | 408 | 425 | 429 | 500.. => {
            Err(Trouble::Later(status.to_string()))
        }
        _ => Err(Trouble::Never(status.to_string())),
    }
}

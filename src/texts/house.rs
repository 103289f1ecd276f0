//! The house: whom the texts speak for.

use super::Look;
use jiff::tz::TimeZone;

/// The organisation this gateway works for: what texts, links and pages say about it.
#[derive(Debug, Clone)]
pub struct House {
    /// "Example Region".
    pub organisation: String,
    /// `https://files.example.org`, without a final slash. The only source of link hosts (T52).
    pub portal_url: String,
    /// A page of the organisation that explains these mails.
    pub help_url: Option<String>,
    /// Our name in `Received` lines and EHLO.
    pub hostname: String,
    /// Domains whose recipients are colleagues, lower case.
    pub domains: Vec<String>,
    /// Languages in order of preference; the first is used when nothing else is known.
    pub languages: Vec<String>,
    /// For dates that people read.
    pub time_zone: TimeZone,
    /// From of our own mails: `Example Region Files <files@example.org>`.
    pub notice_from: String,
    /// Colours and logo.
    pub look: Look,
}

//! The house: whom the texts speak for.

use super::Look;
use crate::mail::Address;
use crate::transfer::TransferId;
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

impl House {
    /// The address that takes commands about a transfer: `files+7k3m9xqf@example.org`. `None` if our own mails come from nowhere.
    pub fn commands_to(&self, id: &TransferId) -> Option<Address> {
        let ours = self.own_address()?;
        let tag = id.to_string().to_ascii_lowercase();
        let address = format!("{}+{tag}@{}", ours.local(), ours.domain());
        address.parse().ok()
    }

    /// The transfer that such an address is about, however it is written; `None` for every other address.
    pub fn command_of(&self, address: &Address) -> Option<TransferId> {
        let (local, tag) = address.local().rsplit_once('+')?;
        let ours = self.own_address()?;
        let is_ours = ours.domain() == address.domain() && ours.local().eq_ignore_ascii_case(local);
        is_ours.then(|| tag.parse().ok())?
    }

    fn own_address(&self) -> Option<Address> {
        let text = self.notice_from.rsplit_once('<').map(|(_, rest)| rest);
        let text = text.unwrap_or(&self.notice_from).trim();
        text.trim_end_matches('>').trim().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_address_is_read_back_and_others_are_not() {
        let mut house = House {
            organisation: "Example Region".into(),
            portal_url: "https://files.example.org".into(),
            help_url: None,
            hostname: "mx.example.org".into(),
            domains: Vec::new(),
            languages: Vec::new(),
            time_zone: TimeZone::UTC,
            notice_from: "Example Files <Files@example.org>".into(),
            look: Look::default(),
        };
        let id: TransferId = "7K3M9XQF".parse().expect("an id");
        let address = house.commands_to(&id).expect("we have an address");
        assert_eq!(address.to_string(), "Files+7k3m9xqf@example.org");
        for (text, is_one) in [
            ("Files+7k3m9xqf@example.org", true),
            ("FILES+7K3M9XQF@Example.org", true),
            ("files@example.org", false),
            ("files+@example.org", false),
            ("files+news@example.org", false),
            ("files+7k3m9xqf@example.com", false),
            ("file+7k3m9xqf@example.org", false),
            ("bo+7k3m9xqf@partner.example", false),
        ] {
            let read = house.command_of(&text.parse().expect("an address"));
            assert_eq!(read, is_one.then_some(id), "{text}");
        }
        house.notice_from = String::new();
        assert_eq!(house.commands_to(&id), None);
        assert_eq!(house.command_of(&address), None);
    }
}

//! What a receipt says: one mail to the sender about what has left and what became of it.
//!
//! Promises: of strangers' making only addresses, subject, names of files and what mail servers said, each on one line of its own; the
//! sender's page, never a recipient's link; passwords only where the mail carries them. Leaves to others: sending (`post`, `sender`).

use super::memo::one_line;
use crate::texts::{House, Texts, Value, format};
use crate::transfer::Receipt;
use crate::transfer::contact::Origin;
use crate::transfer::notice::NoticeEntry;
use crate::transfer::proof::PasswordLine;
use crate::transfer::receipt::{Arrived, Got, Person};

/// Columns of addresses are not wider than this; a longer address has a line of its own.
const WIDEST: usize = 36;

/// In whose words, and in which language.
pub struct Wording<'a> {
    /// The words.
    pub texts: &'a Texts,
    /// Whom they speak for.
    pub house: &'a House,
    /// One of ours.
    pub language: &'a str,
}

impl Wording<'_> {
    /// A sentence.
    pub fn say(&self, key: &str, arguments: &[(&str, Value<'_>)]) -> String {
        self.texts.say(self.language, key, arguments)
    }

    /// A date with its zone.
    pub fn date(&self, at: i64) -> String {
        format::long_date(self.language, at, &self.house.time_zone)
    }

    /// The sentence, the address of the sender's page and how to take it back by mail.
    pub fn steering(&self, page: &str) -> Vec<String> {
        vec![
            String::new(),
            self.say("receipt-page", &[]),
            format!("{}{page}", self.house.portal_url),
            String::new(),
            self.say("receipt-revoke", &[]),
        ]
    }

    /// Where its reader chooses what he is told: for mails that he need not get. `page` is the sender's page.
    pub fn fewer(&self, page: &str) -> Vec<String> {
        let address = format!("{}{page}/notices", self.house.portal_url);
        vec![String::new(), self.say("prefs-fewer", &[]), address]
    }

    /// Whose transfer it is about, behind everything else.
    pub fn transfer(&self, id: &str) -> String {
        self.say("receipt-transfer", &[("id", id.into())])
    }
}

/// Subject and lines. `passwords` are those that the sender hands on.
pub fn mail(
    words: &Wording<'_>,
    receipt: &Receipt,
    transfer: &str,
    passwords: &[NoticeEntry],
) -> (String, Vec<String>) {
    let known = receipt.subject.as_deref().map(one_line);
    let known = known.filter(|subject| !subject.is_empty());
    let arguments = [
        ("count", Value::from(receipt.count)),
        ("size", format::size(words.language, receipt.size).into()),
        ("subject", known.clone().unwrap_or_default().into()),
    ];
    let (subject, intro) = match known {
        Some(_) => ("receipt-subject", "receipt-intro"),
        None => ("receipt-left-subject", "receipt-left-intro"),
    };
    let mut lines = vec![words.say(intro, &arguments), String::new()];
    lines.extend(files(words, receipt));
    for why in &receipt.reasons {
        let (head, why, rule) = (words.say("receipt-why", &[]), &why.why, &why.rule);
        let why = format!("{} [{}]", one_line(why), one_line(rule));
        lines.push(format::labelled(words.language, &head, &why));
    }
    let (until, date) = (words.say("receipt-until", &[]), words.date(receipt.expires));
    lines.extend([
        format::labelled(words.language, &until, &date),
        String::new(),
    ]);
    lines.extend(people(words, receipt, passwords));
    if !passwords.is_empty() {
        lines.extend([String::new(), words.say("receipt-by-phone", &[])]);
    }
    lines.extend(recovery(words, receipt));
    let page = format!("/s/{}", receipt.token);
    lines.extend(words.steering(&page));
    lines.extend(words.fewer(&page));
    lines.extend([String::new(), words.transfer(transfer)]);
    let subject = words.say(subject, &arguments);
    (subject, lines)
}

fn files(words: &Wording<'_>, receipt: &Receipt) -> Vec<String> {
    let size = |bytes| format::size(words.language, bytes);
    let line = |file: &crate::transfer::proof::ShownFile| {
        format!("    {} ({})", one_line(&file.name), size(file.size))
    };
    let mut lines: Vec<String> = receipt.files.iter().map(line).collect();
    let listed = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    if !lines.is_empty() {
        if receipt.count > listed {
            let more = [("count", Value::from(receipt.count - listed))];
            lines.push(format!("    {}", words.say("block-more", &more)));
        }
        lines.push(String::new());
    }
    lines
}

fn people(words: &Wording<'_>, receipt: &Receipt, passwords: &[NoticeEntry]) -> Vec<String> {
    let (to, password) = (
        words.say("receipt-to", &[]),
        words.say("receipt-password", &[]),
    );
    let widths = receipt.people.iter().map(|p| p.recipient.chars().count());
    let widths = widths.filter(|width| *width <= WIDEST);
    let width = widths.max().unwrap_or(0).max(to.chars().count());
    let mut lines = vec![format!("{to:width$}   {password}")];
    for person in &receipt.people {
        let said = about(words, person, passwords);
        let who = one_line(&person.recipient);
        match who.chars().count() > width {
            true => lines.extend([who, format!("{:width$}   {said}", "")]),
            false => lines.push(format!("{who:width$}   {said}")),
        }
    }
    lines
}

/// Whether links and passwords can be replaced; nothing where nobody has one.
fn recovery(words: &Wording<'_>, receipt: &Receipt) -> Vec<String> {
    let links = receipt.people.iter().filter_map(|person| match person.got {
        Got::Link { renewable, .. } => Some(renewable),
        Got::Original => None,
    });
    let links: Vec<bool> = links.collect();
    let key = match (links.contains(&true), links.contains(&false)) {
        (true, false) => "receipt-recovery-all",
        (true, true) => "receipt-recovery-some",
        (false, true) => "receipt-recovery-none",
        (false, false) => return Vec::new(),
    };
    vec![String::new(), words.say(key, &[])]
}

/// What one recipient got, or why not.
fn about(words: &Wording<'_>, person: &Person, passwords: &[NoticeEntry]) -> String {
    let said = match &person.fate {
        Arrived::Refused(reply) => {
            return words.say("receipt-refused", &[("text", one_line(reply).into())]);
        }
        Arrived::Waits => return words.say("receipt-waits", &[]),
        Arrived::Unclear => return words.say("receipt-unclear", &[]),
        Arrived::Taken => match &person.got {
            Got::Original => return words.say("receipt-original", &[]),
            Got::Link { password, .. } => way(words, person, password, passwords),
        },
    };
    match person.got {
        Got::Link { shared: true, .. } => format!("{said}; {}", words.say("receipt-shared", &[])),
        _ => said,
    }
}

fn way(
    words: &Wording<'_>,
    person: &Person,
    line: &PasswordLine,
    passwords: &[NoticeEntry],
) -> String {
    let own = passwords.iter().find(|e| e.recipient == person.recipient);
    if let Some(entry) = own {
        let arguments = [
            ("recipient", Value::from(person.recipient.as_str())),
            ("password", entry.password.expose().into()),
        ];
        return words.say("receipt-password-tell", &arguments);
    }
    match line {
        PasswordLine::None => words.say("receipt-password-none", &[]),
        PasswordLine::EmailCode => words.say("receipt-password-code", &[]),
        PasswordLine::Quick => words.say("receipt-password-quick", &[]),
        PasswordLine::Sender => words.say("receipt-password-known", &[]),
        PasswordLine::Agreed => words.say("password-agreed-with-them", &[]),
        PasswordLine::TextMessage(digits) => words.say(
            "receipt-password-sms",
            &[("digits", digits.as_str().into())],
        ),
        PasswordLine::KnownNumber(digits, origin) => {
            let number = [("digits", digits.as_str().into())];
            let sms = words.say("receipt-password-sms", &number);
            format!("{sms} ({})", words.say(from(*origin), &[]))
        }
        PasswordLine::Other(way) => {
            words.say("receipt-password-other", &[("way", one_line(way).into())])
        }
    }
}

fn from(origin: Origin) -> &'static str {
    match origin {
        Origin::Directory => "number-from-directory",
        Origin::Earlier => "number-from-earlier",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::house;
    use super::*;
    use crate::transfer::Password;
    use crate::transfer::proof::ShownFile;
    use crate::transfer::waiting::Why;

    fn receipt() -> Receipt {
        let person = |recipient: &str, fate, got| Person {
            recipient: recipient.into(),
            fate,
            got,
        };
        let link = |password, shared| Got::Link {
            password,
            shared,
            renewable: shared,
        };
        let sms = || PasswordLine::TextMessage("47".into());
        Receipt {
            subject: Some("Contract\r\nBcc: x@y.example draft".into()),
            files: vec![ShownFile {
                name: "a\u{202e}b.pdf".into(),
                size: 5_300_000,
            }],
            count: 3,
            size: 6_000_000,
            people: vec![
                person("bo@partner.example", Arrived::Taken, link(sms(), true)),
                person(
                    "eva@client.example",
                    Arrived::Taken,
                    link(PasswordLine::Sender, false),
                ),
                person("team@example.org", Arrived::Taken, Got::Original),
                person(
                    "gone@partner.example",
                    Arrived::Refused("550 No".into()),
                    link(sms(), false),
                ),
                person("late@partner.example", Arrived::Waits, link(sms(), false)),
                person(
                    "somebody.with.a.very.long.address@department.partner.example",
                    Arrived::Unclear,
                    link(sms(), false),
                ),
            ],
            reasons: vec![Why {
                rule: "legal-all-files".into(),
                why: "Legal sends every file protected.".into(),
            }],
            expires: 1_764_979_140,
            token: "7k3m9xqf00000000000000".into(),
        }
    }

    fn said(language: &str, receipt: &Receipt) -> (String, Vec<String>) {
        let (texts, house) = (Texts::new(&[]), house());
        let words = Wording {
            texts: &texts,
            house: &house,
            language,
        };
        let passwords = [NoticeEntry {
            recipient: "eva@client.example".into(),
            password: Password::given("K7PM-2WXD-9RQF"),
        }];
        mail(&words, receipt, "7K3M9XQF", &passwords)
    }

    #[test]
    fn each_recipient_has_a_line_that_says_how_or_why_not() {
        let (subject, lines) = said("en", &receipt());
        assert_eq!(
            subject,
            "Sent with 3 files as links: Contract Bcc: x@y.example draft"
        );
        for line in [
            "    a b.pdf (5.3 MB)",
            "    and 2 more files",
            "Why: Legal sends every file protected. [legal-all-files]",
            "bo@partner.example     text message to the number ending in 47; shares a link with others",
            "eva@client.example     please tell eva@client.example: K7PM-2WXD-9RQF",
            "team@example.org       got the original files",
            "gone@partner.example   did not get the message: 550 No",
            "late@partner.example   does not have the message yet: it is still being tried",
            "somebody.with.a.very.long.address@department.partner.example",
            "https://files.example.org/s/7k3m9xqf00000000000000",
            "https://files.example.org/s/7k3m9xqf00000000000000/notices",
            "Transfer 7K3M9XQF",
        ] {
            assert!(lines.iter().any(|l| l == line), "{line:?} in {lines:#?}");
        }
    }

    #[test]
    fn in_every_language_the_mail_has_all_that_matters_and_no_line_of_a_stranger() {
        let plain = Receipt {
            subject: None,
            ..receipt()
        };
        for (language, _) in crate::texts::LANGUAGES {
            for receipt in [&receipt(), &plain] {
                let (subject, lines) = said(language, receipt);
                let text = lines.join("\n");
                for word in ["K7PM-2WXD-9RQF", "47", "REVOKE", "550 No", "/s/7k3m9xqf"] {
                    assert!(text.contains(word), "{language}: {word} in {text}");
                }
                let all = lines.iter().chain([&subject]);
                for line in all {
                    let tame = |c: char| !c.is_control() && c != '\u{202e}';
                    assert!(line.chars().all(tame), "{language}: {line:?}");
                    assert!(!line.contains("receipt-"), "{language}: {line}");
                }
            }
        }
    }
}

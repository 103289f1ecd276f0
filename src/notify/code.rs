//! What the mail with a code says, in the words of `texts`.
//!
//! Promises: no link, nothing of the mail that brought it; no code in the subject, which mail servers write into their logs; of others'
//! making only the sender's name, on one line. Leaves to others: sending (`post`), what a code is (`transfer::code`).

use super::Trouble;
use super::post::Letter;
use super::wording::name;
use crate::mail::{Lane, MailId};
use crate::texts::{House, Texts, Value, format};
use crate::transfer::code::Issued;
use crate::transfer::{Record, Ticket};

/// The mail with a code to one recipient of a ticket.
pub fn letter(
    texts: &Texts,
    house: &House,
    (record, ticket): (&Record, &Ticket),
    to: &str,
    issued: &Issued,
) -> Result<Letter, Trouble> {
    let language = texts.language(Some(&ticket.language));
    let say =
        |key: &str, name, value: &str| texts.say(language, key, &[(name, Value::from(value))]);
    let until = format::time_of_day(issued.until, &house.time_zone);
    let lines = [
        &say("code-mail-text", "sender", &sender(record)),
        "",
        &format!("    {}", issued.code.expose()),
        "",
        &say("code-mail-until", "time", &until),
        "",
        &say("code-mail-genuine", "organisation", &house.organisation),
        "",
        &say("receipt-transfer", "id", &record.id),
        "",
    ];
    Ok(Letter {
        id: format!("code-{}-{}", record.id, MailId::fresh()),
        to: to.parse().map_err(|e| Trouble::Never(format!("{e}")))?,
        subject: say("code-mail-subject", "organisation", &house.organisation),
        text: lines.join("\r\n"),
        html: None,
        reply_to: None,
        lane: Lane::Ordinary,
        thread: None,
        transfer: None,
    })
}

/// The name if it can be shown, else the address.
fn sender(record: &Record) -> String {
    let shown = name(record.sender_name.as_deref().unwrap_or_default(), 60);
    match shown.is_empty() {
        true => record.sender.clone(),
        false => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::house;
    use super::*;
    use crate::transfer::code::Place;
    use crate::transfer::keys::MasterKey;
    use crate::transfer::record::State;
    use crate::transfer::{Codes, LinkId, TransferId};

    fn record(sender_name: Option<&str>) -> Record {
        Record {
            id: "7K3M9XQF".into(),
            mail: "2Q8ZVT6M".into(),
            created: 1_764_000_000,
            expires: 1_764_979_140,
            sender: "anna@example.org".into(),
            sender_name: sender_name.map(str::to_owned),
            state: State::Released,
            tickets: 1,
            blobs: Vec::new(),
            catalogue: Vec::new(),
            sheet: Vec::new(),
            told: None,
        }
    }

    fn issued() -> Issued {
        let (transfer, master) = (TransferId::fresh(), MasterKey::fresh());
        let place = Place {
            transfer: &transfer,
            ticket: 0,
            master: &master,
        };
        let issued = Codes::default().issue(place, 1_764_000_000);
        issued.expect("the first")
    }

    fn written(sender_name: Option<&str>, language: &str, issued: &Issued) -> Letter {
        let mut ticket = Ticket::unused(LinkId([0; 32]), 0, 0);
        ticket.language = language.into();
        let (texts, house, record) = (Texts::new(&[]), house(), record(sender_name));
        let to = "bo@partner.example";
        letter(&texts, &house, (&record, &ticket), to, issued).expect("a mail")
    }

    #[test]
    fn the_code_stands_alone_on_its_line_and_not_in_the_subject() {
        let issued = issued();
        let code = issued.code.expose();
        for (language, _) in crate::texts::LANGUAGES {
            let letter = written(Some("Anna Lind"), language, &issued);
            let line = format!("\r\n    {code}\r\n");
            assert!(letter.text.contains(&line), "{}", letter.text);
            assert!(letter.text.contains("Anna Lind") && letter.text.contains("16:15"));
            assert!(!letter.text.contains("://") && !letter.subject.contains(code));
        }
    }

    #[test]
    fn a_name_cannot_bring_lines_or_links() {
        let letter = written(Some("Bo\r\nhttps://evil.example/x"), "en", &issued());
        assert!(
            letter.text.contains("Bo httpsevilexamplex"),
            "{}",
            letter.text
        );
        let nameless = written(None, "en", &issued());
        assert!(nameless.text.contains("anna@example.org"));
    }

    #[test]
    fn what_is_no_address_gets_no_mail() {
        let ticket = Ticket::unused(LinkId([0; 32]), 0, 0);
        let (texts, house, record) = (Texts::new(&[]), house(), record(None));
        let none = letter(&texts, &house, (&record, &ticket), "bo", &issued());
        assert!(matches!(none, Err(Trouble::Never(_))));
    }
}

//! What the mail with a code says to whoever is to be a guest, in the words of `texts`.
//!
//! Promises: no link, no code in the subject, which mail servers write into their logs; nothing in it was typed by whoever asked, as that may
//! be a stranger; when and from where it was asked for. Leaves to others: sending (`post`), what a code is (`transfer::guest`).

use super::post::Letter;
use crate::mail::{Address, Lane, MailId};
use crate::texts::{House, Texts, Value, format};
use crate::transfer::{Code, Pending};
use std::net::IpAddr;

/// The mail with a code that was asked for at `now` (Unix time, seconds), from there.
pub fn letter(
    (texts, house): (&Texts, &House),
    to: Address,
    (pending, code): (&Pending, &Code),
    client: Option<IpAddr>,
    now: i64,
) -> Letter {
    let language = texts.language(Some(&pending.language));
    let say = |key: &str, given: &[_]| texts.say(language, key, given);
    let house_name = || Value::from(house.organisation.as_str());
    let time = |at| Value::from(format::time_of_day(at, &house.time_zone));
    let when = Value::from(format::day_and_time(language, now, &house.time_zone));
    let client = client.map_or_else(|| "-".to_owned(), |client| client.to_string());
    let lines = [
        &say("guest-mail-text", &[("organisation", house_name())]),
        "",
        &format!("    {}", code.expose()),
        "",
        &say("code-mail-until", &[("time", time(pending.until))]),
        "",
        &say(
            "guest-mail-asked",
            &[("time", when), ("address", client.into())],
        ),
        "",
        &say("guest-mail-genuine", &[("organisation", house_name())]),
        "",
    ];
    Letter {
        id: format!("guest-{}", MailId::fresh()),
        to,
        subject: say("code-mail-subject", &[("organisation", house_name())]),
        text: lines.join("\r\n"),
        html: None,
        reply_to: None,
        lane: Lane::Ordinary,
        thread: None,
        transfer: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::house;
    use super::*;
    use crate::transfer::keys::MasterKey;
    use crate::transfer::{DeviceId, Guest, Wish};

    const NOW: i64 = 1_764_000_000;

    #[test]
    fn it_has_the_code_when_and_from_where_and_nothing_of_the_askers() {
        let texts = Texts::new(&[]);
        for language in texts.configured() {
            let guest = Guest {
                address: "bo@partner.example".into(),
                name: Some("Eve\r\nhttps://evil.example/".into()),
                language: language.into(),
                proven: NOW,
            };
            let wish = Wish {
                to: Vec::new(),
                subject: "Evil".into(),
            };
            let (browser, master) = (DeviceId([1; 32]), MasterKey::fresh());
            let (pending, code) = Pending::issue(guest, wish, &browser, &master, NOW);
            let to = "bo@partner.example".parse().expect("an address");
            let client = "198.51.100.7".parse().ok();
            let mail = letter((&texts, &house()), to, (&pending, &code), client, NOW);
            let line = format!("\r\n    {}\r\n", code.expose());
            for said in [&line, "16:10", "198.51.100.7", "Example Region"] {
                assert!(mail.text.contains(said), "{said} is not in {}", mail.text);
            }
            let all = mail.text + &mail.subject;
            assert!(!all.contains("vil") && !all.contains("://"), "{all}");
            assert!(!mail.subject.contains(code.expose()));
        }
    }
}

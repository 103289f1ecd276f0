//! What a sender reads when somebody with the link asks for the password.
//!
//! Promises: of others' making only addresses, on one line; no password. The link in it is the sender's own ([`crate::transfer::SenderLink`]).

use super::memo::{Words, Writer, one_line};
use crate::texts::{Value, format};
use crate::transfer::memo::Missing;

impl Writer<'_> {
    pub(super) fn missing(&self, missing: &Missing) -> Words {
        let recipient = one_line(&missing.recipients.join(", "));
        let recipient = [("recipient", recipient)];
        let asks = match missing.locked {
            true => "asked-locked",
            false => "asked-password",
        };
        let time = format::day_and_time(self.language, missing.at, &self.house.time_zone);
        let when = [
            ("count", Value::from(missing.times)),
            ("time", Value::from(time)),
        ];
        let mut lines = vec![
            self.say(asks, &recipient),
            self.texts.say(self.language, "asked-when", &when),
            String::new(),
        ];
        let todo: &[&str] = match (missing.locked, missing.renewable) {
            (true, false) => &["asked-lift", "asked-page"],
            (true, true) => &["asked-lift", "asked-renew-locked", "asked-page"],
            (false, false) => &["asked-hand-on", "asked-again", "asked-page"],
            (false, true) => &["asked-hand-on", "asked-renew", "asked-page"],
        };
        lines.extend(todo.iter().map(|key| self.say(key, &[])));
        lines.push(String::new());
        lines.push(format!("    {}{}", self.house.portal_url, missing.page));
        lines.push(String::new());
        lines.push(self.say("asked-genuine", &[]));
        lines.push(String::new());
        let id = [("id", missing.transfer.clone())];
        lines.push(self.say("receipt-transfer", &id));
        (self.say("asked-subject", &recipient), lines)
    }
}

#[cfg(test)]
mod tests {
    use super::super::memo::letter;
    use super::super::sample::house;
    use crate::texts::Texts;
    use crate::transfer::memo::{About, Memo, Missing};

    fn memo(locked: bool, times: u32) -> Memo {
        Memo {
            id: "7K3M9XQF-asked-0-1764000000".into(),
            mail: "2Q8ZVT6M".into(),
            to: "anna@example.org".into(),
            language: None,
            thread: None,
            transfer: None,
            page: None,
            until: 1_764_979_140,
            received: 1_764_000_000,
            about: About::Missing(Missing {
                transfer: "7K3M9XQF".into(),
                recipients: vec!["bo@partner.example".into()],
                at: 1_764_003_600,
                times,
                locked,
                renewable: times == 3,
                page: "/s/7k3m9xqf".into(),
            }),
        }
    }

    #[test]
    fn it_says_who_asks_when_how_often_and_what_to_do() {
        let house = house();
        for (language, _) in crate::texts::LANGUAGES {
            let texts = Texts::new(&[language.to_owned()]);
            for (locked, times) in [(false, 1), (false, 3), (true, 2)] {
                let letter = letter(&texts, &house, &memo(locked, times)).expect("a letter");
                assert!(letter.subject.contains("bo@partner.example"));
                let link = format!("    {}/s/7k3m9xqf\r\n", house.portal_url);
                assert!(letter.text.contains(&link), "{}", letter.text);
                assert!(letter.text.contains("bo@partner.example"));
                assert!(letter.text.contains("7K3M9XQF"));
                assert!(letter.text.lines().all(|line| !line.contains("asked-")));
            }
        }
        let texts = Texts::new(&["en".to_owned()]);
        let once = letter(&texts, &house, &memo(false, 1)).expect("a letter");
        assert!(once.text.contains("not by mail"), "{}", once.text);
        let locked = letter(&texts, &house, &memo(true, 3)).expect("a letter");
        assert!(locked.text.contains("3 times"), "{}", locked.text);
        assert!(locked.text.contains("locked"), "{}", locked.text);
    }
}

//! What a notice says: the text message and the mail to the sender, in the words of `texts`.
//!
//! Promises: no link, no subject; of a stranger's or sender's making only a name that was checked and shortened, so no second line,
//! no address to tap, no change of direction (T99). A text message is one message where that is possible, never more than two.

use super::{Trouble, countries};
use crate::texts::{House, Texts, Value, format, gsm};
use crate::transfer::{Destination, Notice, phone};

/// The text of a text message; `None` if it cannot be said in two messages, or is not about exactly one password.
pub fn text_message(texts: &Texts, house: &House, notice: &Notice) -> Option<String> {
    let (first, others) = notice.entries.split_first()?;
    let password = first.password.expose();
    let is_one = others.iter().all(|entry| entry.password == first.password);
    if !is_one || password.chars().any(char::is_control) {
        return None;
    }
    let host = house.portal_url.split("://").last().unwrap_or_default();
    let sentence = |organisation: &str, sender: &str| {
        let arguments = [
            ("organisation", Value::from(organisation)),
            ("sender", Value::from(sender)),
            ("password", Value::from(password)),
            ("host", Value::from(host)),
        ];
        texts.say(&notice.language, "sms", &arguments)
    };
    let (organisation, sender) = (name(&house.organisation, 40), sender_of(notice));
    let whole = sentence(&organisation, &sender);
    let shorter = sentence(&shortened(&organisation, 15), &shortened(&sender, 15));
    let with_code = code(password).map(|code| format!("{whole}\n@{host} #{code}"));
    let wishes: Vec<String> = with_code.into_iter().chain([whole, shorter]).collect();
    let fits = |most: usize| {
        wishes
            .iter()
            .find(|text| gsm::messages(text) <= most)
            .cloned()
    };
    fits(1).or_else(|| fits(2))
}

/// Number and text of a text message; `Err` if none can go to this number, or none says it.
pub(super) fn prepared(
    texts: &Texts,
    house: &House,
    allowed: &[String],
    notice: &Notice,
) -> Result<(String, String), Trouble> {
    let never = |why: &str| Trouble::Never(why.to_owned());
    let Destination::Phone(number) = &notice.destination else {
        return Err(never("this notice has no telephone number"));
    };
    let number =
        phone::read(number, None).map_err(|_| never("no text message can go to this number"))?;
    if !countries::allow(&number, allowed) {
        return Err(never("numbers of this country are not allowed"));
    }
    let text = text_message(texts, house, notice);
    let text = text.ok_or(never("the text does not fit a text message"))?;
    Ok((number, text))
}

/// Subject and text of the mail to the sender.
pub fn sender_mail(texts: &Texts, house: &House, notice: &Notice) -> (String, String) {
    let language = texts.language(Some(&notice.language));
    let count = [("count", Value::from(notice.entries.len()))];
    let until = format::long_date(language, notice.expires, &house.time_zone);
    let mut lines = vec![
        texts.say(language, "password-mail-intro", &count),
        String::new(),
    ];
    let width = notice.entries.iter().map(|e| e.recipient.chars().count());
    let width = width.max().unwrap_or_default();
    lines.extend(
        notice
            .entries
            .iter()
            .map(|e| format!("    {:width$}   {}", e.recipient, e.password.expose())),
    );
    lines.push(String::new());
    lines.push(texts.say(language, "password-mail-until", &[("date", until.into())]));
    lines.push(texts.say(language, "password-mail-genuine", &[]));
    lines.push(String::new());
    let id = [("id", Value::from(notice.transfer.as_str()))];
    lines.push(texts.say(language, "receipt-transfer", &id));
    let subject = texts.say(language, "password-mail-subject", &count);
    (subject, lines.join("\r\n") + "\r\n")
}

/// The last line, from which telephones fill in the password (`@host #code`): for generated passwords, which count without dashes.
fn code(password: &str) -> Option<String> {
    let groups: Vec<&str> = password.split('-').collect();
    let is_group = |group: &&str| {
        group.len() == 4
            && group
                .bytes()
                .all(|b| crate::mail::id::ALPHABET.contains(&b))
    };
    (groups.len() == 3 && groups.iter().all(is_group)).then(|| groups.concat())
}

/// The sender's name if it can be shown, else the address, else its domain.
fn sender_of(notice: &Notice) -> String {
    let shown = name(notice.sender_name.as_deref().unwrap_or_default(), 30);
    if !shown.is_empty() && gsm::is_gsm(&shown) {
        return shown;
    }
    let (local, domain) = notice.sender.rsplit_once('@').unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    match local.chars().all(plain) && local.len() <= 30 {
        true => notice.sender.clone(),
        false => domain.to_owned(),
    }
}

/// Letters, digits and a little punctuation; a dot only where it ends a word, so that nothing looks like an address to tap.
pub fn name(raw: &str, most: usize) -> String {
    let raw = gsm::plain(raw);
    let mut kept = String::new();
    let mut rest = raw.chars().peekable();
    while let Some(c) = rest.next() {
        let before_space = rest.peek().is_none_or(|next| *next == ' ');
        match c {
            c if c.is_alphanumeric() || " -'&".contains(c) => kept.push(c),
            '.' if before_space => kept.push(c),
            c if c.is_whitespace() => kept.push(' '),
            _ => {}
        }
    }
    let words: Vec<&str> = kept.split_whitespace().collect();
    shortened(&words.join(" "), most)
}

fn shortened(text: &str, most: usize) -> String {
    let cut: String = text.chars().take(most).collect();
    cut.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{house, notice};
    use super::*;
    use crate::transfer::notice::NoticeEntry;
    use crate::transfer::{Destination, Password};

    fn said(change: impl FnOnce(&mut Notice)) -> String {
        let mut notice = notice(Destination::Phone("+46701234547".into()));
        change(&mut notice);
        text_message(&Texts::new(&["en".into()]), &house(), &notice).expect("it can be said")
    }

    #[test]
    fn a_text_message_says_whose_files_and_ends_with_the_code() {
        assert_eq!(
            said(|_| ()),
            "Example Region: password for the files from Anna Lind: K7PM-2WXD-9RQF. \
             Enter it on files.example.org\n@files.example.org #K7PM2WXD9RQF"
        );
    }

    #[test]
    fn a_name_cannot_bring_lines_links_or_directions() {
        let text = said(|n| {
            n.sender_name = Some("Bo\r\nhttps://evil.example/x \u{202e}<b>".into());
        });
        assert!(text.contains("from Bo httpsevilexamplex b:"), "{text}");
        assert_eq!(text.lines().count(), 2);
        assert!(gsm::is_gsm(&text));
    }

    #[test]
    fn a_name_in_another_script_becomes_the_address() {
        let text = said(|n| n.sender_name = Some("Анна Линд".into()));
        assert!(text.contains("from anna@example.org:"), "{text}");
        assert_eq!(gsm::messages(&text), 1);
    }

    #[test]
    fn long_names_are_cut_so_that_one_message_is_enough() {
        let text = said(|n| {
            n.sender_name = Some("Wolfeschlegelsteinhausenbergerdorff Ottokar".into());
            n.sender = "ottokar.wolfeschlegelsteinhausenbergerdorff@example.org".into();
        });
        assert_eq!(gsm::messages(&text), 1);
        assert!(text.contains("K7PM-2WXD-9RQF"));
    }

    #[test]
    fn in_every_language_the_longest_names_leave_one_message() {
        let mut notice = notice(Destination::Phone("+46701234547".into()));
        let mut house = House::clone(&house());
        house.organisation = "Wojewódzki Urząd Łączności i Żeglugi Śródlądowej".into();
        house.portal_url = "https://files.administration.example.org".into();
        notice.sender_name = Some("François-Œuvré Łącki–Źdźbłowska-Szczęsny".into());
        for (language, _) in crate::texts::LANGUAGES {
            notice.language = language.into();
            let text = text_message(&Texts::new(&[]), &house, &notice).expect("it can be said");
            assert!(gsm::is_gsm(&text), "{language}: {text}");
            assert_eq!(gsm::messages(&text), 1, "{language}: {text}");
            assert!(text.contains("K7PM-2WXD-9RQF"), "{language}: {text}");
        }
    }

    #[test]
    fn a_chosen_password_stands_as_it_was_chosen() {
        let text = said(|n| n.entries[0].password = Password::given("Blå-bär 7 är gott"));
        assert!(text.contains(": Blå-bär 7 är gott."), "{text}");
        assert!(!text.contains('#'), "{text}");
    }

    #[test]
    fn what_needs_three_messages_is_not_said() {
        let mut long = notice(Destination::Phone("+46701234547".into()));
        long.entries[0].password = Password::given(&"x".repeat(400));
        assert_eq!(text_message(&Texts::new(&[]), &house(), &long), None);
        long.entries.clear();
        assert_eq!(text_message(&Texts::new(&[]), &house(), &long), None);
    }

    #[test]
    fn two_who_share_a_telephone_and_a_password_read_it_once_and_never_one_of_two() {
        let eva = |password: &str| NoticeEntry {
            recipient: "eva@partner.example".into(),
            password: Password::given(password),
        };
        let alone = said(|_| ());
        assert_eq!(said(|n| n.entries.push(eva("K7PM-2WXD-9RQF"))), alone);
        let mut two = notice(Destination::Phone("+46701234547".into()));
        two.entries.push(eva("AAAA-BBBB-CCCC"));
        assert_eq!(text_message(&Texts::new(&[]), &house(), &two), None);
    }

    #[test]
    fn the_sender_reads_whose_password_it_is_and_until_when() {
        let notice = notice(Destination::Sender("anna@example.org".into()));
        let (subject, text) = sender_mail(&Texts::new(&["en".into()]), &house(), &notice);
        assert_eq!(subject, "Please hand on a password");
        assert!(
            text.contains("\r\n    bo@partner.example   K7PM-2WXD-9RQF\r\n"),
            "{text}"
        );
        assert!(text.contains("2025"), "{text}");
        assert!(!text.contains("://"), "no link: {text}");
    }
}

//! What the sender asks for: by tags in the subject and by `X-Cloakroom-…` header fields, from any mail program.
//!
//! Promises: a control can only raise protection, so it does no harm to believe it from anybody (T42). A control that is there
//! but cannot be understood is a [`Controls::complaint`]: the mail is refused, because a mail its sender meant to protect must
//! not leave as it is for a typing error.
//! Leaves to others: merging with what the rules say (`merge`), removing the fields (`rewrite`).

use super::tags::{self, Bracket};
use super::wish::{EVENTS, Level};
use crate::fault::diagnostic::did_you_mean;
use crate::mail::Address;
use crate::mail::header::Fields;
use crate::transfer::Password;
use crate::transfer::phone::{self, Country, Unfit};
use crate::units::Period;
use std::time::Duration;

/// Everything the sender asks for.
#[derive(Debug, Default)]
pub struct Controls {
    /// At least this; `None`: not asked.
    pub level: Option<(Level, String)>,
    /// A password besides the link.
    pub password_wanted: bool,
    /// A password the sender chose.
    pub password: Option<Password>,
    /// At most this long.
    pub keep_for: Option<Duration>,
    /// Numbers: for one recipient, or for all (`None`).
    pub phones: Vec<(Option<Address>, String)>,
    /// Language of block, page and notice.
    pub language: Option<String>,
    /// Events to hear of.
    pub notify: Vec<&'static str>,
    /// Every tag that was understood, in the form of [`tags::form`].
    pub said: Vec<String>,
    /// The subject without them, if there were any.
    pub subject: Option<String>,
    /// Nothing but tags that matter for a protected mail only (`notify`, `lang:`): an ordinary mail keeps its subject.
    pub only_mild: bool,
    /// Header fields for us are there.
    pub in_header: bool,
    /// A sentence for the sender: why nothing was sent.
    pub complaint: Option<String>,
}

/// The words that count as tags besides the built-in ones, and the languages there are.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// Tags of labels and rules, in the form of [`tags::form`].
    pub words: Vec<String>,
    /// Languages we have texts in.
    pub languages: Vec<String>,
    /// Where telephone numbers are that are written without a country.
    pub country: Option<Country>,
}

/// Header fields that are for us.
pub const FIELDS: &[&str] = &[
    "X-Cloakroom-Protect",
    "X-Cloakroom-Expire",
    "X-Cloakroom-Password",
    "X-Cloakroom-Sms",
    "X-Cloakroom-Language",
    "X-Cloakroom-Notify",
];

const WORDS: &[&str] = &["secure", "seal", "pw", "notify"];
const KEYS: &[&str] = &["sms", "days", "lang"];

impl Controls {
    /// Reads the header of a mail.
    pub fn of(fields: &Fields, vocabulary: &Vocabulary) -> Controls {
        let mut controls = Controls::default();
        for (name, read) in FIELDS.iter().zip(READERS) {
            for field in fields.all(name) {
                controls.in_header = true;
                read(&mut controls, field.value.trim(), vocabulary);
            }
        }
        // Readers disagree which of two subjects counts, so the tags of all do.
        for (i, field) in fields.all("Subject").enumerate() {
            let subject = controls.tags(&field.value, vocabulary);
            if i == 0 {
                controls.subject = subject;
            }
        }
        controls
    }

    /// The number for a recipient: its own before the one for all.
    pub fn phone(&self, recipient: &Address) -> Option<&str> {
        let own = |(who, _): &&(Option<Address>, String)| {
            who.as_ref().is_some_and(|who| who.same_mailbox(recipient))
        };
        self.phones
            .iter()
            .find(own)
            .or_else(|| self.phones.iter().find(|(who, _)| who.is_none()))
            .map(|(_, number)| number.as_str())
    }

    /// Whether that number is for this recipient by name.
    pub fn phone_is_own(&self, recipient: &Address) -> bool {
        let own = |who: &Address| who.same_mailbox(recipient);
        self.phones
            .iter()
            .any(|(who, _)| who.as_ref().is_some_and(own))
    }

    fn ask(&mut self, level: Level, how: String) {
        if self.level.as_ref().is_none_or(|(l, _)| *l < level) {
            self.level = Some((level, how));
        }
    }

    fn complain(&mut self, sentence: String) {
        self.complaint
            .get_or_insert_with(|| format!("{sentence} Nothing was sent."));
    }

    /// Takes the tags of a subject; gives it back without them.
    fn tags(&mut self, subject: &str, vocabulary: &Vocabulary) -> Option<String> {
        let mut known = Vec::new();
        let mut mild = true;
        for Bracket { form, at } in tags::edges(subject) {
            let inside = &subject[at.start + 1..at.end - 1];
            if let Some(password) = chosen_password(&form, inside) {
                read_password(self, password, vocabulary);
                self.password_wanted = true;
                // Only that there was one: what it is must not get into reasons and logs.
                self.said.push("pw".into());
                (mild, _) = (false, known.push(at));
                continue;
            }
            match self.tag(&form, vocabulary) {
                Heard::Nothing => {}
                heard => {
                    mild &= heard == Heard::Mild;
                    self.said.push(form);
                    known.push(at);
                }
            }
        }
        self.only_mild = mild && !known.is_empty();
        (!known.is_empty()).then(|| tags::without(subject, &known))
    }

    fn tag(&mut self, form: &str, vocabulary: &Vocabulary) -> Heard {
        let how = || format!("subject tag [{form}]");
        if let Some((key, value)) = keyed(form) {
            // Without the value: numbers of people do not belong into logs and reasons.
            return self.keyed_tag(key, value, format!("subject tag [{key}:...]"), vocabulary);
        }
        let ours = vocabulary.words.iter().any(|word| word == form);
        match form {
            "secure" => self.ask(Level::Transfer, how()),
            "seal" => self.ask(Level::Seal, how()),
            "pw" => {
                self.password_wanted = true;
                self.ask(Level::Transfer, how());
            }
            "notify" => {
                self.notify.extend(["downloaded", "expired-unread"]);
                return Heard::Mild;
            }
            _ if ours => {}
            _ => {
                if let Some(near) = near_miss(form, vocabulary) {
                    self.complain(format!("Did you mean [{near}]?"));
                }
                return Heard::Nothing;
            }
        }
        Heard::Strong
    }

    fn keyed_tag(&mut self, key: &str, value: &str, how: String, words: &Vocabulary) -> Heard {
        match key {
            "sms" => read_sms(self, value, words),
            "days" => match value.parse::<u64>() {
                Ok(days) if (1..=3650).contains(&days) => self.expire(Period::days(days)),
                _ => self.complain("[days:...] needs a number, such as [days:5].".into()),
            },
            _ => {
                read_language(self, value, words);
                return Heard::Mild;
            }
        }
        self.ask(Level::Transfer, how);
        Heard::Strong
    }

    fn expire(&mut self, period: Period) {
        let period = period.duration();
        self.keep_for = Some(self.keep_for.map_or(period, |before| before.min(period)));
    }
}

#[derive(PartialEq, Eq)]
enum Heard {
    Nothing,
    Mild,
    Strong,
}

type Reader = fn(&mut Controls, &str, &Vocabulary);

/// In the order of [`FIELDS`].
const READERS: [Reader; 6] = [
    read_protect,
    read_expire,
    read_password,
    read_sms_field,
    read_language,
    read_notify,
];

fn read_protect(controls: &mut Controls, value: &str, _: &Vocabulary) {
    let how = format!("X-Cloakroom-Protect: {value}");
    match value.to_lowercase().as_str() {
        "transfer" => controls.ask(Level::Transfer, how),
        "seal" => controls.ask(Level::Seal, how),
        other => {
            let near = did_you_mean(other, ["transfer", "seal"]);
            let near = near.map_or("transfer or seal", |near| near);
            controls.complain(format!("X-Cloakroom-Protect: did you mean {near}?"));
        }
    }
}

fn read_expire(controls: &mut Controls, value: &str, _: &Vocabulary) {
    match value.parse::<Period>() {
        Ok(period) if !period.duration().is_zero() => {
            controls.expire(period);
            controls.ask(Level::Transfer, format!("X-Cloakroom-Expire: {value}"));
        }
        _ => controls.complain("X-Cloakroom-Expire needs a period, such as 5 days.".into()),
    }
}

fn read_password(controls: &mut Controls, value: &str, _: &Vocabulary) {
    if controls.password.is_some() {
        controls.complain("A password may be given once.".into());
    }
    controls.password = Some(Password::given(value));
    controls.ask(Level::Transfer, "a password that you chose".into());
}

fn read_sms_field(controls: &mut Controls, value: &str, vocabulary: &Vocabulary) {
    read_sms(controls, value, vocabulary);
    controls.ask(Level::Transfer, "X-Cloakroom-Sms".into());
}

/// `+46…` for all, or `bo@p.example=+46…`, with commas between several.
fn read_sms(controls: &mut Controls, value: &str, words: &Vocabulary) {
    controls.password_wanted = true;
    for entry in value.split([',', ';']) {
        let (who, number) = match entry.rsplit_once('=') {
            Some((who, number)) => (who.trim().parse::<Address>().map(Some), number),
            None => (Ok(None), entry),
        };
        match (who, phone::read(number, words.country)) {
            (Ok(who), Ok(number)) => controls.phones.push((who, number)),
            (Err(_), _) => controls.complain("The address before the number is none.".into()),
            (_, Err(unfit)) => controls.complain(why_unfit(unfit).into()),
        }
    }
}

fn read_language(controls: &mut Controls, value: &str, vocabulary: &Vocabulary) {
    let tag = value.to_lowercase();
    let base = tag.split('-').next().unwrap_or_default();
    let known = |wanted: &str| {
        vocabulary
            .languages
            .iter()
            .find(|l| l.eq_ignore_ascii_case(wanted))
    };
    match known(&tag).or_else(|| known(base)) {
        Some(language) => controls.language = Some(language.clone()),
        None => controls.complain(format!(
            "The languages are: {}.",
            vocabulary.languages.join(", ")
        )),
    }
}

fn read_notify(controls: &mut Controls, value: &str, _: &Vocabulary) {
    for word in value.split([',', ' ']).filter(|word| !word.is_empty()) {
        let form = word.to_lowercase();
        match EVENTS.iter().find(|event| **event == form) {
            Some(event) => controls.notify.push(event),
            None if ["yes", "true"].contains(&form.as_str()) => {
                controls.notify.extend(["downloaded", "expired-unread"]);
            }
            None => controls.complain(format!("X-Cloakroom-Notify knows {}.", EVENTS.join(", "))),
        }
    }
}

/// What stands behind `pw:`, as it was typed; `None` if nothing does.
fn chosen_password<'s>(form: &str, inside: &'s str) -> Option<&'s str> {
    let behind = form.strip_prefix("pw")?;
    let is_key = behind.starts_with([':', '=', '：']);
    let (_, password) = inside.split_once([':', '=', '：'])?;
    let password = password.trim();
    (is_key && !password.is_empty()).then_some(password)
}

/// Key and value of `sms:+46…`; people also leave the colon out before a number.
fn keyed(form: &str) -> Option<(&'static str, &str)> {
    KEYS.iter().find_map(|key| {
        let rest = form.strip_prefix(key)?;
        let digits = |r: &str| !r.is_empty() && r.bytes().all(|b| b.is_ascii_digit());
        match rest.strip_prefix([':', '=', '：']) {
            Some(value) => Some((*key, value)),
            None if *key == "sms" && rest.starts_with('+') => Some((*key, rest)),
            None if *key == "days" && digits(rest) => Some((*key, rest)),
            None => None,
        }
    })
}

/// The tag that was probably meant. Short words have too many neighbours in ordinary language, `[deal]` beside `[seal]`, so they
/// must begin alike and differ in one place; long ones may differ in two.
fn near_miss(form: &str, vocabulary: &Vocabulary) -> Option<String> {
    if matches!(form, "pw:" | "pw=" | "pw：") {
        return Some("pw".into());
    }
    let (word, value) = form.split_once(':').unwrap_or((form, ""));
    if form.contains(':') {
        let number = value.starts_with('+') && phone::read(value, None).is_ok();
        return match KEYS.iter().find(|key| is_near(word, key)) {
            Some(key) => Some(format!("{key}:...")),
            None => number.then(|| "sms:+...".to_owned()),
        };
    }
    let words = WORDS.iter().copied();
    words
        .chain(vocabulary.words.iter().map(String::as_str))
        .filter(|known| is_near(form, known))
        .min_by_key(|known| strsim::damerau_levenshtein(form, known))
        .map(str::to_owned)
}

fn is_near(written: &str, known: &str) -> bool {
    let distance = strsim::damerau_levenshtein(written, known);
    let alike = written.chars().next() == known.chars().next();
    match known.chars().count() {
        0..=3 => false,
        4..=5 => distance == 1 && alike,
        _ => distance == 1 || (distance == 2 && alike),
    }
}

fn why_unfit(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::NoCountry => "A telephone number needs its country code, such as +46 70 123 45 67.",
        Unfit::NoNumber => "The telephone number given is none: check its digits.",
        Unfit::WrongKind => {
            "The telephone number given is of a kind that gets no text message, such as premium rate."
        }
    }
}

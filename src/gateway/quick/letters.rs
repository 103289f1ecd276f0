//! Who hears of a change of devices and pairs: the recipient of each new device, both sides of an operator's code and of an end.

use super::Couple;
use crate::mail::Address;
use crate::mail::id::random_characters;
use crate::transfer::Memo;
use crate::transfer::memo::{About, QuickNews};
use crate::transfer::quick::Circle;

pub(super) fn to_recipient(couple: &Couple, news: QuickNews, language: &str, now: i64) -> Memo {
    let to = couple.recipient.to_string();
    let memo = memo(to, (&couple.sender, &couple.recipient), news, now);
    Memo {
        language: Some(language.to_owned()),
        ..memo
    }
}

pub(super) fn to_both(couple: &Couple, news: QuickNews, now: i64) -> Vec<Memo> {
    let both = [&couple.sender, &couple.recipient];
    let about = (&couple.sender, &couple.recipient);
    both.map(|to| memo(to.to_string(), about, news, now)).into()
}

/// The recipient once, and every sender whose mails he could open without a password, or was offered to.
pub(super) fn to_all(circle: &Circle, news: QuickNews, now: i64) -> Vec<Memo> {
    let Ok(recipient) = circle.address.parse::<Address>() else {
        return Vec::new();
    };
    let senders = circle.live().filter_map(|pair| pair.sender.parse().ok());
    let senders: Vec<Address> = senders.collect();
    let to = |to: &Address, sender| memo(to.to_string(), (sender, &recipient), news, now);
    let first = senders.first().map(|sender| to(&recipient, sender));
    first
        .into_iter()
        .chain(senders.iter().map(|sender| to(sender, sender)))
        .collect()
}

fn memo(to: String, (sender, recipient): (&Address, &Address), news: QuickNews, now: i64) -> Memo {
    let word: String = random_characters::<12>().map(char::from).iter().collect();
    Memo {
        id: format!("quick-{word}"),
        mail: "-".into(),
        to,
        language: None,
        thread: None,
        transfer: None,
        page: None,
        until: now,
        received: now,
        about: About::Quick {
            sender: sender.to_string(),
            recipient: recipient.to_string(),
            news,
        },
    }
}

//! The judge himself: made-up histories with one thing wrong, each of which he must see.

use super::clear;
use super::history::{Answer, Copy, Events, Text, Try};
use super::judge::{One, answers, rings};
use super::mails::{BANK, CANARY, COLLEAGUE, Letter, PARTNER};
use crate::support::client::Door;
use std::time::Duration;

const LINK: &str = "http://127.0.0.1:1/t/0123456789abcdefghjkmnpqrstvwxyz";

/// A letter to one recipient, taken once, acknowledged once.
fn fine(domain: &str, door: Door) -> Events {
    let to = vec![format!("bo-1@{domain}")];
    let letter = Letter::with(1, to.clone(), Some(CANARY.as_bytes()), door);
    let bytes = match domain {
        COLLEAGUE => [b"Received: by us\r\n\tfor you\r\n", &letter.bytes[..]].concat(),
        _ => format!("Message-ID: {}\r\n\r\n{LINK}", letter.message_id).into_bytes(),
    };
    let mut events = Events::default();
    events.tries.push(Try {
        letter: 0,
        begun: Duration::from_secs(1),
        ended: Duration::from_secs(3),
        answers: vec![(to[0].clone(), Answer::Good)],
        said: vec!["250".into()],
    });
    events.copies.push(copy(&letter, 2, bytes));
    if domain == BANK {
        events.texts.push(text(&letter, "AAAA-BBBB-CCCC"));
    }
    events.letters.push(letter);
    events
}

fn copy(letter: &Letter, at: u64, bytes: Vec<u8>) -> Copy {
    Copy {
        at: Duration::from_secs(at),
        from: letter.from.clone(),
        to: letter.to.clone(),
        bytes,
        answered: true,
        blurred: false,
    }
}

fn text(letter: &Letter, password: &str) -> Text {
    Text {
        at: Duration::from_secs(4),
        number: letter.number.clone(),
        text: format!("Password: {password}"),
        answered: true,
    }
}

/// The invariants that are hurt.
fn seen(events: &Events) -> Vec<String> {
    let mut wrong = Vec::new();
    for letter in &events.letters {
        let one = One::new(events, letter, &letter.to[0]);
        one.judge(&mut wrong);
        one.once(&mut wrong);
    }
    clear::look(events, "", &mut wrong);
    answers(events, &mut wrong);
    rings(events, &mut wrong);
    let name = |what: &String| what.split(' ').next().unwrap_or_default().to_owned();
    wrong.iter().map(name).collect()
}

#[test]
fn where_nothing_is_wrong_he_sees_nothing() {
    for domain in [PARTNER, BANK, COLLEAGUE] {
        for door in [Door::Smtp, Door::Lmtp] {
            assert_eq!(seen(&fine(domain, door)), [""; 0], "{domain}");
        }
    }
}

#[test]
fn he_sees_a_mail_that_was_promised_and_never_came() {
    let mut events = fine(PARTNER, Door::Smtp);
    events.copies.clear();
    assert_eq!(seen(&events), ["I1"]);
    // Over LMTP it was a lie at once.
    let mut events = fine(PARTNER, Door::Lmtp);
    events.copies.clear();
    assert_eq!(seen(&events), ["I1", "I15"]);
}

#[test]
fn he_sees_a_refusal_of_a_mail_that_was_taken() {
    let mut events = fine(PARTNER, Door::Smtp);
    events.tries[0].answers[0].1 = Answer::Refused;
    assert_eq!(seen(&events), ["I15"]);
}

#[test]
fn he_sees_what_is_protected_however_it_is_written() {
    let wide: Vec<u8> = CANARY.bytes().flat_map(|b| [b, 0]).collect();
    let soft = format!("{}=\r\n{}", &CANARY[..9], &CANARY[9..]);
    let coded = |before: &str| {
        let coded = encodify::base64::MIME.encode([before, CANARY, " and more"].concat());
        let (first, second) = coded.split_at(16);
        format!("{first}\r\n{second}").into_bytes()
    };
    let ways = [
        CANARY.into(),
        wide,
        soft.into_bytes(),
        coded(""),
        coded("a"),
        coded("ab"),
    ];
    for way in ways {
        let mut events = fine(PARTNER, Door::Smtp);
        events.copies[0].bytes.extend_from_slice(&way);
        assert_eq!(seen(&events), ["I2"], "{}", String::from_utf8_lossy(&way));
    }
}

#[test]
fn he_sees_a_copy_too_many_but_for_a_lost_acknowledgement() {
    let again = |change: fn(&mut Events)| {
        let mut events = fine(PARTNER, Door::Smtp);
        let second = Copy {
            at: Duration::from_secs(9),
            ..events.copies[0].clone()
        };
        events.copies.push(second);
        change(&mut events);
        seen(&events)
    };
    assert_eq!(again(|_| ()), ["I3"]);
    assert_eq!(again(|events| events.copies[0].answered = false), [""; 0]);
    let died = |events: &mut Events| events.deaths.push(Duration::from_millis(2100));
    assert_eq!(again(died), ["I3"], "its client had heard 250 before");
    let unheard = |events: &mut Events| {
        let mut second = events.tries[0].clone();
        (second.begun, second.ended) = (Duration::from_secs(8), Duration::from_secs(10));
        events.tries[0].answers[0].1 = Answer::Unknown;
        events.tries.push(second);
    };
    assert_eq!(again(unheard), ["I3"], "nobody died");
    let both = |events: &mut Events| {
        events.deaths.push(Duration::from_millis(2100));
        let mut second = events.tries[0].clone();
        (second.begun, second.ended) = (Duration::from_secs(8), Duration::from_secs(10));
        events.tries[0].answers[0].1 = Answer::Unknown;
        events.tries.push(second);
    };
    assert_eq!(again(both), [""; 0], "it died while its client was waiting");
    assert_eq!(again(another_link), ["I3"]);
    let in_the_picture = |events: &mut Events| {
        another_link(events);
        events.copies[0].blurred = true;
    };
    assert_eq!(
        again(in_the_picture),
        [""; 0],
        "perhaps behind the power cut"
    );
}

/// The second copy has another link, and nobody knows whether the first one counts.
fn another_link(events: &mut Events) {
    events.copies[0].answered = false;
    events.copies[1]
        .bytes
        .iter_mut()
        .rev()
        .take(3)
        .for_each(|b| *b = b'0');
}

#[test]
fn he_sees_what_is_wrong_about_passwords() {
    let changed = |change: fn(&mut Events)| {
        let mut events = fine(BANK, Door::Smtp);
        change(&mut events);
        seen(&events)
    };
    assert_eq!(changed(|events| events.texts.clear()), ["I5"]);
    let twice = |events: &mut Events| events.texts.extend(events.texts.clone());
    assert_eq!(changed(twice), ["I5"]);
    let two = |events: &mut Events| {
        events
            .texts
            .push(text(&events.letters[0], "DDDD-EEEE-FFFF"))
    };
    assert_eq!(changed(two), ["I5"]);
    let for_nothing = |events: &mut Events| {
        events.tries[0].answers[0].1 = Answer::Later;
        events.copies.clear();
    };
    assert_eq!(changed(for_nothing), ["I5"]);
    // The next hop had said 250 when the gateway died; later it refuses the recipient at once.
    let refused = |events: &mut Events, died: bool| {
        let mut second = events.tries[0].clone();
        (second.begun, second.ended) = (Duration::from_secs(8), Duration::from_secs(10));
        events.tries[0].answers[0].1 = Answer::Unknown;
        second.answers[0].1 = Answer::Refused;
        events.tries.push(second);
        events
            .deaths
            .extend(died.then_some(Duration::from_millis(2100)));
    };
    for (died, is_seen) in [(true, &[][..]), (false, &["I5"])] {
        let mut events = fine(BANK, Door::Smtp);
        refused(&mut events, died);
        assert_eq!(seen(&events), is_seen, "died: {died}");
    }
}

#[test]
fn he_sees_a_byte_that_was_changed() {
    let mut events = fine(COLLEAGUE, Door::Smtp);
    let last = events.copies[0].bytes.len() - 1;
    events.copies[0].bytes[last] = b'!';
    assert_eq!(seen(&events), ["I6"]);
}

//! What two Postfix tell, made up: with nothing wrong in it, and with one thing wrong, which the judge must see.

use super::log::Line;
use super::queue::{copies_in, received, time_of};
use super::told::{Blow, Fall, Told, Which};
use crate::crashes::clear;
use crate::crashes::history::{Copy, Events};
use crate::crashes::judge::{One, answers};
use crate::crashes::mails::{CANARY, COLLEAGUE, Letter, PARTNER};
use crate::support::client::Door;
use std::time::{Duration, SystemTime};

const LINK: &str = "http://127.0.0.1:1/t/0123456789abcdefghjkmnpqrstvwxyz";
/// Two names of one queue, the second nine seconds later, and when the first was made.
const FIRST: &str = "4jXM0g3g3Xz1Sf3B";
const LATER: &str = "4jXM0r3g3Xz1Sf3B";

/// The first copy is taken two seconds after the history's beginning, and answered one second later.
fn epoch() -> SystemTime {
    time_of(FIRST).expect("a long name") - Duration::from_secs(2)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn line(at: u64, to: &str, end: &str) -> Line {
    let text = format!(
        "Nov 22 08:00:00 mail postfix/lmtp[7]: 4jXMzz: to=<{to}>, relay=127.0.0.1[127.0.0.1]:10025, delay=2.1, \
         delays=0.1/0/0.5/1.5, dsn=2.0.0, status={end}"
    );
    (seconds(at), text)
}

/// As the last one gets it: three lines on top, if nobody has rewritten it.
fn copy(letter: &Letter, name: &str) -> Copy {
    let by = |who: &str, id: &str| {
        format!("Received: from x\r\n\tby {who} (x) with ESMTP id {id}\r\n\tfor <x>; date\r\n")
    };
    let body = match letter.to[0].ends_with(COLLEAGUE) {
        true => letter.bytes.clone(),
        false => format!("Message-ID: {}\r\n\r\n{LINK}", letter.message_id).into_bytes(),
    };
    let head = [
        by("back", name),
        by("gateway", "7K3M9XQF"),
        by("front", "4jXMzz"),
    ]
    .concat();
    Copy {
        at: seconds(60),
        from: letter.from.clone(),
        to: letter.to.clone(),
        bytes: [head.into_bytes(), body].concat(),
        answered: true,
        blurred: false,
    }
}

/// One letter by LMTP, taken once, answered once.
fn fine(domain: &str) -> (Told, Events) {
    let to = format!("bo-1@{domain}");
    let letter = Letter::with(1, vec![to.clone()], Some(CANARY.as_bytes()), Door::Lmtp);
    let told = Told {
        lines: vec![line(3, &to, "sent (250 2.0.0 ok)")],
        falls: Vec::new(),
        epoch: epoch(),
        is_over: true,
    };
    let mut seen = Events::default();
    seen.copies.push(copy(&letter, FIRST));
    seen.letters.push(letter);
    (told, seen)
}

/// The invariants that are hurt.
fn seen((told, seen): (Told, Events)) -> Vec<String> {
    let events = told.events(&seen);
    let mut wrong = super::wrong(&events);
    let letter = &events.letters[0];
    let one = One::new(&events, letter, &letter.to[0]);
    one.judge(&mut wrong);
    one.once(&mut wrong);
    clear::look(&events, "", &mut wrong);
    answers(&events, &mut wrong);
    let name = |what: &String| what.split(' ').next().unwrap_or_default().to_owned();
    let mut wrong: Vec<String> = wrong.iter().map(name).collect();
    wrong.dedup();
    wrong
}

fn fell(which: Which, blow: Blow, at: u64) -> Fall {
    Fall {
        which,
        blow,
        begun: seconds(at),
        ended: seconds(at),
    }
}

#[test]
fn a_name_in_the_queue_tells_the_time() {
    let since = time_of(FIRST)
        .expect("a long name")
        .duration_since(SystemTime::UNIX_EPOCH);
    assert_eq!(since.expect("it is later").as_secs(), 1_795_334_355);
    let later = time_of(LATER)
        .expect("a long name")
        .duration_since(time_of(FIRST).expect("one"));
    assert_eq!(later.expect("it is later").as_secs(), 9);
    assert_eq!(time_of("A1B2C3D4E5"), None, "a short name");
    let (name, rest) =
        received(b"Received: from a\r\n\tby b with ESMTP id 4jX\r\n\tfor <c>; d\r\nTo: c\r\n")
            .expect("one");
    assert_eq!((name, rest), ("4jX", &b"To: c\r\n"[..]));
}

#[test]
fn where_nothing_is_wrong_nothing_is_seen() {
    for domain in [PARTNER, COLLEAGUE] {
        assert_eq!(seen(fine(domain)), [""; 0], "{domain}");
    }
}

#[test]
fn a_mail_of_an_empty_queue_that_nobody_has_is_lost() {
    let (told, mut events) = fine(PARTNER);
    events.copies.clear();
    assert_eq!(seen((told, events)), ["I1", "I15"]);
}

#[test]
fn a_refusal_that_nobody_has_ordered_is_seen() {
    let (mut told, events) = fine(PARTNER);
    told.lines[0] = line(3, "bo-1@partner.example", "bounced (host said: 550 no)");
    assert_eq!(seen((told, events)), ["I15"]);
}

#[test]
fn a_byte_that_was_changed_under_three_received_lines_is_seen() {
    let (told, mut events) = fine(COLLEAGUE);
    *events.copies[0].bytes.last_mut().expect("a mail") = b'!';
    assert_eq!(seen((told, events)), ["I6"]);
}

#[test]
fn a_second_copy_needs_an_answer_that_was_lost() {
    let again = |name: &str, change: fn(&mut Told, &mut Events)| {
        let (mut told, mut events) = fine(PARTNER);
        events.copies.push(copy(&events.letters[0], name));
        change(&mut told, &mut events);
        seen((told, events))
    };
    assert_eq!(
        again(FIRST, |_, _| ()),
        [""; 0],
        "the second Postfix repeats it"
    );
    assert_eq!(again(LATER, |_, _| ()), ["I3"]);
    let died = |_: &mut Told, events: &mut Events| events.deaths.push(Duration::from_millis(2500));
    assert_eq!(again(LATER, died), ["I3"], "its client heard 250");
    let fallen = |told: &mut Told, _: &mut Events| told.falls.push(fell(Which::Back, Blow::All, 2));
    assert_eq!(
        again(LATER, fallen),
        ["I3"],
        "the gateway had heard it: it says so"
    );

    let unheard = |told: &mut Told| {
        let lost = "deferred (lost connection while sending end of data -- message may be sent more than once)";
        told.lines.insert(0, line(3, "bo-1@partner.example", lost));
        told.lines[1].0 = seconds(12);
    };
    let (mut told, mut events) = fine(PARTNER);
    unheard(&mut told);
    events.copies.push(copy(&events.letters[0], LATER));
    assert_eq!(seen((told.clone(), events.clone())), ["I3"], "nobody fell");
    let front = fell(Which::Front, Blow::Each(&["lmtp"]), 3);
    told.falls.push(front);
    assert_eq!(
        seen((told.clone(), events.clone())),
        ["I3"],
        "only the client fell"
    );
    let sender = fell(Which::Back, Blow::Each(&["qmgr", "smtp"]), 3);
    told.falls.push(sender);
    assert_eq!(
        seen((told.clone(), events.clone())),
        ["I3"],
        "they take no mail"
    );
    told.falls
        .push(fell(Which::Back, Blow::Each(&["smtpd"]), 3));
    assert_eq!(
        seen((told.clone(), events.clone())),
        [""; 0],
        "the answer was lost"
    );
    told.falls.clear();
    events.deaths.push(Duration::from_millis(2500));
    assert_eq!(
        seen((told, events)),
        [""; 0],
        "the gateway died before it wrote it down"
    );
}

#[test]
fn what_a_killed_client_could_not_tell_is_filled_in() {
    let (mut told, mut events) = fine(PARTNER);
    told.lines.clear();
    events.copies.push(copy(&events.letters[0], LATER));
    told.falls.push(fell(Which::Front, Blow::All, 3));
    told.falls.push(fell(Which::Front, Blow::All, 13));
    let all = told.events(&events);
    assert_eq!(
        all.tries.len(),
        3,
        "two that are unknown, a last one that was good: {:?}",
        all.tries
    );
    assert_eq!(
        seen((told.clone(), events.clone())),
        ["I3"],
        "a retry that the gateway had to know again"
    );
    events.deaths.push(seconds(3));
    assert_eq!(seen((told, events)), [""; 0]);
}

#[test]
fn what_lies_in_the_queue_in_the_clear_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let active = folder.path().join("active/4");
    std::fs::create_dir_all(&active).expect("a folder");
    let record = |kind: u8, data: &str| [&[kind, data.len() as u8], data.as_bytes()].concat();
    let file = [
        record(b'S', "anna-1@example.org"),
        record(b'R', "bo-1@partner.example"),
        record(b'L', &CANARY[..9]),
        record(b'N', &CANARY[9..]),
    ]
    .concat();
    std::fs::write(active.join(FIRST), &file).expect("ours");
    // Its writer was killed.
    std::fs::write(active.join(LATER), &file[..file.len() - 1]).expect("ours");
    let (_, mut events) = fine(PARTNER);
    let mut found = copies_in(folder.path());
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!([&found[0].0, &found[1].0], [FIRST, LATER]);
    events.copies = found.into_iter().map(|(_, copy)| copy).collect();
    assert_eq!(
        events.copies[1].bytes,
        CANARY.as_bytes()[..9],
        "as far as it is written"
    );
    let mut wrong = Vec::new();
    clear::look(&events, "", &mut wrong);
    assert_eq!(
        wrong,
        ["I2 protected content in a mail to [\"bo-1@partner.example\"]"]
    );
}

//! What goes, and what stays: ends of pairs and devices, keys and pairs that are full, rules that become shorter, locks.

use super::accepting::{now, operators_code};
use super::world::{ANNA, BO, Browser, Got, World, on};
use crate::support::log::Log;
use crate::support::{decoded, plant::Plant};
use cloakroom::gateway::quick::Quick;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::quick::{MOST_KEYS, MOST_PAIRS, Rules};
use std::sync::Arc;

const DAY: i64 = 86_400;

fn end(browser: &Browser<'_>, id: &str, number: &str) {
    let ended = browser.post(
        &format!("/open/{id}/devices/end"),
        &format!("number={number}"),
    );
    let there = ended.field("location").unwrap_or_default();
    assert!(!there.ends_with("done=nothing"), "{there}");
}

/// Somebody else had set up a browser, and the sender brought passwords back: it has no part in what is accepted later.
#[test]
fn a_device_of_an_ended_pair_has_no_part_in_the_next() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let stranger = world.set_up(&first);
    let bo = Browser::new(&world);
    let code = stranger.make_code(&first);
    let second = world.mail_to(BO);
    assert_eq!(bo.type_in(&second, &format!("code={code}")).status, 303);
    end(&bo, &second.id.to_string(), "");
    let third = world.mail_to(BO);
    assert!(third.password.is_some());
    // Bo's browser is one of his, and proves the mailbox anew all the same.
    assert!(bo.opens_with_password(&third));
    assert!(bo.devices(&third).contains("Send me a code"));
    bo.connect(&third);
    let fourth = world.mail_to(BO);
    assert_eq!(fourth.password, None);
    assert!(bo.opens(&fourth) && bo.opens(&third));
    assert!(!stranger.opens(&fourth) && !stranger.opens(&third));
    // Nor with a code of an operator's for Bo; only whoever enters it.
    let other = Browser::new(&world);
    let form = format!("code={}", operators_code(&world, on()));
    assert_eq!(other.type_in(&fourth, &form).status, 200);
    let fifth = world.mail_to(BO);
    assert!(other.opens(&fifth) && bo.opens(&fifth) && !stranger.opens(&fifth));
}

/// All pairs and devices of a mailbox at once: nothing that was known opens anything, and everybody hears.
#[test]
fn an_operator_ends_all_of_a_mailbox() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    let second = world.mail_to(BO);
    let code = browser.make_code(&first);
    let quick = Quick::new(world.gateway.store().clone(), Rules::default());
    let bo = BO.parse().expect("an address");
    assert!(quick.end(&bo, now()).expect("writes"));
    assert!(!quick.end(&bo, now()).expect("reads"), "it is over");
    assert!(world.circle(BO).is_empty());
    let other = Browser::new(&world);
    assert!(!browser.opens(&second) && !browser.opens(&first));
    assert_eq!(other.type_in(&second, &format!("code={code}")).status, 403);
    let third = world.mail_to(BO);
    assert!(third.password.is_some());
    world.rounds();
    for whom in [ANNA, BO] {
        let mut mails = world.mails_to(whom).into_iter();
        let ended = mails.any(|m| decoded(&m.content).contains("needs a password again"));
        assert!(ended, "{whom}");
    }
    assert!(browser.opens_with_password(&third));
    browser.connect(&third);
    assert!(browser.opens(&world.mail_to(BO)));
}

/// A device is removed within a quarter of an hour after it made a code.
#[test]
fn the_codes_of_a_removed_device_are_good_for_nothing() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let a = world.set_up(&first);
    let b = Browser::new(&world);
    let second = world.mail_to(BO);
    let code = a.make_code(&first);
    assert_eq!(b.type_in(&second, &format!("code={code}")).status, 303);
    let of_a = a.make_code(&first);
    let of_b = b.make_code(&second);
    end(&b, &second.id.to_string(), "1");
    let c = Browser::new(&world);
    assert_eq!(c.type_in(&second, &format!("code={of_a}")).status, 403);
    assert_eq!(c.type_in(&second, &format!("code={of_b}")).status, 303);
}

/// More keys than a pair has room for: no mail is sealed to what would have to go, and nothing that was sealed stops opening.
#[test]
fn where_there_is_no_room_for_a_key_there_is_a_password() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    let mut all = vec![first];
    // Two keys are there: the one that was offered, and the one in use.
    for n in 2..MOST_KEYS + 3 {
        let got = world.mail_to(BO);
        assert_eq!(got.password.is_none(), n <= MOST_KEYS, "{n} keys");
        let lost = Browser::new(&world);
        if got.password.is_none() {
            let form = format!("code={}", operators_code(&world, on()));
            assert_eq!(lost.type_in(&got, &form).status, 200, "{n}");
            let circle = world.circle(BO);
            let number = circle.devices.last().expect("its device").number;
            assert!(browser.opens(&got));
            end(&browser, &got.id.to_string(), &number.to_string());
        } else {
            assert!(lost.opens_with_password(&got));
        }
        all.push(got);
    }
    for got in &all {
        let opens = browser.opens(got);
        assert!(opens || browser.opens_with_password(got), "{got:?}");
        assert_eq!(opens, world.ticket(got).quick.is_some());
    }
    // When what was sealed to the first can live no more there is room again.
    let past = world
        .store()
        .change_circle(&world.circle_id(BO), now(), |circle| {
            circle.pairs[0].keys[0].until = 0;
            Ok(((), Vec::new()))
        });
    past.expect("writes");
    let offered = world.mail_to(BO);
    assert!(offered.password.is_some() && world.ticket(&offered).quick.is_some());
}

/// A sender with a new address for each mail: pairs that are alive stay.
#[test]
fn where_there_is_no_room_for_a_sender_there_is_a_password() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    let second = world.mail_to(BO);
    let quick = Quick::new(world.gateway.store().clone(), on());
    let bo = BO.parse().expect("an address");
    let seat = |n: usize, at: i64| {
        let sender = format!("bounce-{n}@example.org").parse();
        let times = (at, at + 61 * DAY);
        let seat = quick.seat(&sender.expect("an address"), &bo, false, times);
        seat.expect("writes").is_some()
    };
    for n in 1..MOST_PAIRS {
        assert!(seat(n, now()), "{n}");
    }
    assert!(!seat(MOST_PAIRS, now()), "full");
    let got = world.mail_of("late@example.org", &[BO]).remove(0);
    assert!(got.password.is_some() && world.ticket(&got).quick.is_none());
    assert!(Browser::new(&world).opens_with_password(&got));
    assert!(browser.opens(&second) && browser.opens(&first));
    assert_eq!(world.mail_to(BO).password, None);
    assert!(
        seat(MOST_PAIRS, now() + 61 * DAY),
        "nothing of the others lives"
    );
}

/// Shorter times count for what is sealed from then on: nothing that was sealed to a device closes.
#[test]
fn a_shorter_idle_locks_nobody_out_of_what_was_sent() {
    let disk = Arc::new(Memory::new());
    let world = World::on(on(), disk.clone(), |plant| plant);
    let browser = world.set_up(&world.mail_to(BO));
    world.days_pass(BO, 5);
    let second = world.mail_to(BO);
    assert_eq!(second.password, None);
    let (cookies, plant) = (browser.cookies.borrow().clone(), world.plant.clone());
    drop(browser);
    drop(world);
    let strict = Rules {
        idle: 2 * DAY,
        ..on()
    };
    let plant = Plant {
        quick: strict,
        ..plant
    };
    let world = World::on(strict, disk, |_| plant);
    let browser = Browser::new(&world);
    *browser.cookies.borrow_mut() = cookies;
    let third = world.mail_to(BO);
    assert!(third.password.is_some(), "by the rules of today");
    assert!(browser.opens(&second), "by those of its day");
}

/// Ten wrong set-up codes lock the link, and sender and log learn it as they do for passwords.
#[test]
fn a_lock_by_wrong_codes_is_told() {
    let log = Log::start();
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = Browser::new(&world);
    assert!(browser.opens_with_password(&first));
    let path = format!("/open/{}/devices", first.id);
    browser.post(&format!("{path}/code"), "");
    let right: u32 = world.code(BO).parse().expect("digits");
    let wrong = format!("code={:06}", (right + 1) % 1_000_000);
    locked_by(&world, &first, || browser.post(&path, &wrong).status);
    world.rounds();
    let mails = world.mails_to(ANNA);
    let mut texts = mails.iter().map(|mail| decoded(&mail.content));
    assert!(
        texts.any(|text| text.contains("is locked")),
        "{:?}",
        mails.len()
    );
    let log = String::from_utf8_lossy(&log.bytes()).into_owned();
    assert!(!log.contains(&format!("{right:06}")), "a code in the log");
    let mut lines = log.lines().filter(|line| line.contains(": locked "));
    let line = lines.next().unwrap_or_else(|| panic!("no line: {log}"));
    let said = format!("transfer={} tries=10 client=\"127.0.0.1\"", first.id);
    assert!(line.contains(&said), "{line}");
    assert_eq!(lines.next(), None, "once");
}

/// Ten wrong tries, with no time lost in between.
pub fn locked_by(world: &World, got: &Got, wrong: impl Fn() -> u16) {
    let mut said = Vec::new();
    for _ in 0..10 {
        said.push(wrong());
        let over = world
            .store()
            .change_ticket(&got.id, 0, |t| t.paused_until = 0);
        over.expect("writes");
    }
    assert_eq!(said, [403, 403, 429, 403, 403, 429, 403, 403, 429, 423]);
    assert!(world.ticket(got).locked);
}

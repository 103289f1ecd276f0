//! Setting a browser up: what an old copy of the store opens, an answer that is lost, a token that was taken away, and no room.

use super::world::{ANNA, BO, Browser, Got, World, on};
use crate::support::decoded;
use cloakroom::gateway::quick::Quick;
use cloakroom::seal::quick::{Place, Secret};
use cloakroom::seal::wrap::Lock;
use cloakroom::store::backend::Backend;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::quick::{Circle, MOST_DEVICES, Newcomer, Rules};
use cloakroom::transfer::{DeviceSecret, LinkSecret};
use jiff::Timestamp;
use std::sync::Arc;

/// What somebody opens who has the link, the master key, all of the disk, and what the disk knew of the recipient at some time: with every
/// secret that the gateway kept then, whatever pair it is of.
pub fn opened_with(world: &World, got: &Got, circle: &Circle) -> bool {
    let (store, id) = (world.store(), world.circle_id(&got.to));
    let ticket = world.ticket(got);
    let sealed = ticket.quick.as_ref().expect("sealed to a pair");
    let link = LinkSecret::from_token(&got.token).expect("a link");
    let day_key = store.known_day_key(ticket.day).expect("reads");
    let place = Place {
        lock: Lock {
            transfer: &got.id,
            link: &link,
            day: ticket.day,
            day_key: &day_key.expect("known"),
            master: store.master(),
        },
        ticket: 0,
        key: &sealed.key,
    };
    // Tokens that he makes up have no share.
    let made_up = Secret::of_device(&DeviceSecret::fresh(), &id);
    let keys = circle.pairs.iter().flat_map(|pair| &pair.keys);
    let mut secrets = keys.flat_map(|key| {
        let kept = key.kept.as_ref();
        let kept = kept.and_then(|kept| Secret::of_kept(kept, &id, &key.id, store.master()));
        let shares = key.shares.iter();
        let shared = shares.filter_map(|s| made_up.of_share((&id, &key.id), &s.device, &s.sealed));
        kept.into_iter().chain(shared).collect::<Vec<_>>()
    });
    secrets.any(|secret| secret.unlock(&place, &sealed.sealed).is_some())
}

pub fn operators_code(world: &World, rules: Rules) -> String {
    let quick = Quick::new(world.gateway.store().clone(), rules);
    let (bo, now) = (BO.parse().expect("an address"), now());
    let made = quick.operators_code(&bo, now).expect("writes");
    made.expect("somebody sends him mail").0.shown()
}

pub fn now() -> i64 {
    Timestamp::now().as_second()
}

/// An old copy of the index, the master key and a link: what was sent before opens, as the manual says, and nothing that was sent after.
#[test]
fn an_old_copy_of_the_store_opens_nothing_that_is_sent_after_acceptance() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let old = world.circle(BO);
    assert!(opened_with(&world, &first, &old), "not accepted yet");
    let browser = world.set_up(&first);
    let second = world.mail_to(BO);
    assert_eq!(second.password, None);
    assert!(browser.opens(&second) && browser.opens(&first));
    assert!(!opened_with(&world, &second, &old), "an old copy");
    for got in [&first, &second] {
        assert!(!opened_with(&world, got, &world.circle(BO)), "today's");
    }
    // An operator's code, likewise; also for a sender whose mails nobody has accepted yet.
    let eva = "eva@example.org";
    let third = world.mail_of(eva, &[BO]).remove(0);
    let old = world.circle(BO);
    assert!(opened_with(&world, &third, &old), "not accepted yet");
    let other = Browser::new(&world);
    let code = operators_code(&world, on());
    let entered = other.type_in(&second, &format!("code={code}"));
    assert_eq!(entered.status, 200, "{}", entered.text());
    assert!(!other.opens(&third), "the operator knows no password of it");
    assert!(other.opens_with_password(&third));
    for sender in [ANNA, eva] {
        let next = world.mail_of(sender, &[BO]).remove(0);
        assert_eq!(next.password, None, "{sender}");
        assert!(other.opens(&next) && browser.opens(&next), "{sender}");
        assert!(!opened_with(&world, &next, &old), "{sender}");
    }
}

/// Proof 8. All that the store can give back, the index and what a rebuild finds without it, and the bytes as they lie there: no secret of the
/// pair, and no token, neither clear nor to be opened.
#[test]
fn s08_nothing_in_the_whole_store_is_a_secret_after_acceptance() {
    let disk = Arc::new(Memory::new());
    let world = World::on(on(), disk.clone(), |plant| plant);
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    let second = world.mail_to(BO);
    let token = browser.token().expect("a token");
    let byte = |n: usize| u8::from_str_radix(&token[2 * n..2 * n + 2], 16);
    let token_bytes: Vec<u8> = (0..32).map(|n| byte(n).expect("hexadecimal")).collect();

    // Everything but the index, as after its loss.
    let blobs = Arc::new(Memory::new());
    let mut bytes = Vec::new();
    for (name, _) in disk.blobs().expect("lists") {
        let reader = disk.open_blob(name).expect("is there");
        let mut blob = vec![0; usize::try_from(reader.len()).expect("small")];
        reader.read_exact_at(0, &mut blob).expect("reads");
        let mut writer = blobs.write_blob(name).expect("writes");
        std::io::Write::write_all(&mut writer, &blob).expect("writes");
        writer.finish().expect("writes");
        bytes.extend(blob);
    }
    let rebuilt = world.plant.store(blobs).expect("opens");
    assert_eq!(rebuilt.rebuild(now()).expect("rebuilds").circles, 1);
    let circle = rebuilt.circle(&world.circle_id(BO)).expect("reads");
    assert_eq!(circle, world.circle(BO));
    let mut records = postcard::to_allocvec(&circle).expect("serialises");
    records.extend(bytes);
    for window in token_bytes.windows(16).chain(token.as_bytes().windows(16)) {
        assert!(memchr::memmem::find(&records, window).is_none());
    }
    for got in [&first, &second] {
        assert!(!opened_with(&world, got, &circle));
        assert!(browser.opens(got));
    }
}

/// P19: the index is gone, and what opened on a device does so still.
#[test]
fn after_a_rebuild_devices_open_what_they_did() {
    let disk = Arc::new(Memory::new());
    let world = World::on(on(), disk.clone(), |plant| plant);
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    let second = world.mail_to(BO);
    let cookies = browser.cookies.borrow().clone();
    let plant = world.plant.clone();
    drop(browser);
    drop(world);
    let blobs = Arc::new(Memory::new());
    for (name, _) in disk.blobs().expect("lists") {
        let reader = disk.open_blob(name).expect("is there");
        let mut blob = vec![0; usize::try_from(reader.len()).expect("small")];
        reader.read_exact_at(0, &mut blob).expect("reads");
        let mut writer = blobs.write_blob(name).expect("writes");
        std::io::Write::write_all(&mut writer, &blob).expect("writes");
        writer.finish().expect("writes");
    }
    let store = plant.store(blobs.clone()).expect("opens");
    store.rebuild(now()).expect("rebuilds");
    drop(store);
    let world = World::on(on(), blobs, |_| plant);
    let browser = Browser::new(&world);
    *browser.cookies.borrow_mut() = cookies;
    assert!(browser.opens(&first) && browser.opens(&second));
    let third = world.mail_to(BO);
    assert_eq!(third.password, None);
    assert!(browser.opens(&third));
}

/// The line breaks in the moment of acceptance: the browser has its token already, and asks again.
#[test]
fn an_answer_that_is_lost_costs_nothing() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = Browser::new(&world);
    assert!(browser.opens_with_password(&first));
    let path = format!("/open/{}/devices", first.id);
    assert_eq!(browser.post(&format!("{path}/code"), "").status, 303);
    let form = format!("code={}", world.code(BO));
    let before = browser.cookies.borrow().clone();
    assert_eq!(browser.post(&path, &form).status, 303);
    *browser.cookies.borrow_mut() = before.clone();
    let second = world.mail_to(BO);
    assert_eq!(second.password, None);
    assert!(browser.opens(&second), "without the answer");

    *browser.cookies.borrow_mut() = before;
    let again = browser.post(&path, &form);
    let there = again.field("location").unwrap_or_default();
    assert!(there.ends_with("done=set-up"), "{}", again.text());
    assert_eq!(world.circle(BO).devices.len(), 1);
    let told = world.mails_to(BO).into_iter();
    let told = told.filter(|m| decoded(&m.content).contains("was set up just now"));
    assert_eq!(told.count(), 1);
    assert_eq!(world.ticket(&first).wrong, 0);
}

#[test]
fn an_answer_to_a_code_that_is_lost_costs_nothing() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    drop(world.set_up(&first));
    let second = world.mail_to(BO);
    let lost = Browser::new(&world);
    lost.page(&second);
    let before = lost.cookies.borrow().clone();
    let form = format!("code={}", operators_code(&world, on()));
    for _ in 0..2 {
        *lost.cookies.borrow_mut() = before.clone();
        let entered = lost.send(&second, &form);
        let said = entered.text();
        assert_eq!(entered.status, 200, "{said}");
        assert!(said.contains("This browser is set up"), "{said}");
    }
    assert_eq!(world.circle(BO).devices.len(), 2);
    assert_eq!(world.ticket(&second).wrong, 0);
    *lost.cookies.borrow_mut() = before;
    let third = world.mail_to(BO);
    assert_eq!(third.password, None);
    assert!(lost.opens(&third));
    let thief = Browser::new(&world);
    assert_eq!(thief.type_in(&second, &form).status, 403, "used");
}

/// Without its cookie nothing is tried; with the one that comes along it is.
#[test]
fn a_browser_without_the_cookie_is_told_so_and_nothing_is_counted() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = Browser::new(&world);
    assert!(browser.opens_with_password(&first));
    let path = format!("/open/{}/devices", first.id);
    browser.post(&format!("{path}/code"), "");
    let form = format!("code={}", world.code(BO));
    let cookie = world.cookie_of(BO);
    assert!(browser.cookies.borrow_mut().remove(&cookie).is_some());
    let refused = browser.post(&path, &form);
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("did not have the cookie"));
    assert_eq!(world.ticket(&first).wrong, 0);
    assert_eq!(browser.post(&path, &form).status, 303);
    let second = world.mail_to(BO);
    let code = {
        assert!(browser.opens(&second));
        browser.make_code(&second)
    };
    let other = Browser::new(&world);
    let form = format!("code={code}");
    let refused = other.send(&second, &form);
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert_eq!(world.ticket(&second).wrong, 0);
    assert_eq!(other.send(&second, &form).status, 303);
}

/// A device that was removed, as somebody has a copy of its cookie, is another one when it is set up again; so is one that was silent.
#[test]
fn a_token_that_was_taken_away_is_given_to_nobody_again() {
    let world = World::new(on());
    let browser = world.set_up(&world.mail_to(BO));
    let thief = Browser::new(&world);
    for silent in [false, true] {
        let stolen = browser.token().expect("a token");
        thief.put_token(&stolen);
        let mail = world.mail_to(BO);
        assert!(thief.opens(&mail), "a copy of the cookie");
        assert!(browser.opens(&mail));
        if silent {
            world.days_pass(BO, 31);
        } else {
            let number = world.circle(BO).devices[0].number;
            let path = format!("/open/{}/devices/end", mail.id);
            browser.post(&path, &format!("number={number}"));
        }
        let again = world.mail_to(BO);
        assert!(again.password.is_some());
        // The code is asked for in another browser: this one keeps its old cookie.
        assert!(browser.opens_with_password(&again));
        let elsewhere = Browser::new(&world);
        assert!(elsewhere.opens_with_password(&again));
        let path = format!("/open/{}/devices", again.id);
        elsewhere.post(&format!("{path}/code"), "");
        let form = format!("code={}", world.code(BO));
        assert_eq!(browser.post(&path, &form).status, 409, "silent: {silent}");
        assert_eq!(browser.post(&path, &form).status, 303);
        assert_ne!(browser.token(), Some(stolen));
        let next = world.mail_to(BO);
        assert_eq!(next.password, None);
        assert!(
            browser.opens(&next) && !thief.opens(&next),
            "silent: {silent}"
        );
    }
}

/// A browser of two mailboxes: what becomes of one touches the other not.
#[test]
fn a_browser_has_a_token_for_each_mailbox() {
    let (world, info) = (World::new(on()), "info@partner.example");
    let browser = world.set_up(&world.mail_to(BO));
    let token = browser.token();
    browser.connect(&world.mail_to(info));
    assert_eq!(browser.token(), token);
    let both = world.mail(&[BO, info]);
    assert!(both.iter().all(|got| got.password.is_none()));
    assert!(browser.opens(&both[0]) && browser.opens(&both[1]));
    browser.post(&format!("/open/{}/devices/end", both[1].id), "number=1");
    assert!(browser.opens(&world.mail_to(BO)));
    assert!(world.mail_to(info).password.is_some());
}

/// As many devices as there can be.
pub fn fill(world: &World, whom: &str) {
    let filled = world
        .store()
        .change_circle(&world.circle_id(whom), now(), |circle| {
            for n in 1..=MOST_DEVICES - circle.devices.len() {
                let n = u8::try_from(n).expect("few");
                let new = Newcomer {
                    name: [n; 32],
                    public: [n; 32],
                    browser: [0; 32],
                };
                assert!(circle.admit(new, &on(), now()).is_some());
            }
            Ok(((), Vec::new()))
        });
    filled.expect("writes");
}

/// Twenty devices: who comes then hears what to do, the code stays good, and nothing counts as wrong.
#[test]
fn a_full_mailbox_says_what_to_do_and_takes_the_place_of_who_is_silent() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    fill(&world, BO);
    let second = world.mail_to(BO);
    assert!(browser.opens(&second));
    let form = format!("code={}", browser.make_code(&second));
    let other = Browser::new(&world);
    let full = other.type_in(&second, &form);
    assert_eq!(full.status, 409);
    assert!(full.text().contains("as many devices as there can be"));
    assert_eq!(world.ticket(&second).wrong, 0);
    assert_eq!(world.circle(BO).devices.len(), MOST_DEVICES);

    // Where it is offered by a password: before a code is used up.
    let eva = world.mail_of("eva@example.org", &[BO]).remove(0);
    assert!(other.opens_with_password(&eva));
    let path = format!("/open/{}/devices", eva.id);
    other.post(&format!("{path}/code"), "");
    let six = format!("code={}", world.code(BO));
    let full = other.post(&path, &six);
    assert_eq!(full.status, 409);
    assert!(full.text().contains("as many devices as there can be"));

    let silent = world
        .store()
        .change_circle(&world.circle_id(BO), now(), |circle| {
            let device = &mut circle.devices[7];
            (device.used, device.trusted_until) = (1, 2);
            Ok(((), Vec::new()))
        });
    silent.expect("writes");
    assert_eq!(other.type_in(&second, &form).status, 303);
    assert!(other.opens(&second) && browser.opens(&second));
    let circle = world.circle(BO);
    assert_eq!(circle.devices.len(), MOST_DEVICES);
    assert!(circle.device(&[7; 32]).is_none(), "silent for longest");
    assert!(other.opens_with_password(&eva));
    assert_eq!(other.post(&path, &six).status, 303, "it is good still");
}

/// Every writing call fails once on the way from the code to the device, and with it all after it until the disk is back: what was told is
/// so, and who tries again has one device.
#[test]
fn whatever_call_fails_while_a_browser_is_set_up_the_next_try_ends_it_well() {
    let disk = Arc::new(Faulty::new(Arc::new(Memory::new()), u64::MAX));
    let world = World::on(on(), disk.clone(), |plant| plant);
    let mut told = [0; 2];
    for nth in 1.. {
        assert!(nth < 60, "it has an end");
        let whom = format!("bo-{nth}@partner.example");
        let got = world.mail_to(&whom);
        let browser = Browser::new(&world);
        assert!(browser.opens_with_password(&got));
        let path = format!("/open/{}/devices", got.id);
        let is_done = |answer: &super::super::house::Answer| {
            let there = answer.field("location").unwrap_or_default();
            there.ends_with("done=set-up")
        };
        disk.fail_at(nth);
        let asked = browser.post(&format!("{path}/code"), "");
        let sent = asked.status == 303;
        let mut form = "code=000000".to_owned();
        if sent {
            form = format!("code={}", world.code(&whom));
        }
        let done = is_done(&browser.post(&path, &form));
        let failed = disk.has_failed();
        disk.mend();
        told[usize::from(done)] += 1;
        let devices = world.circle(&whom).devices.len();
        assert!(!done || devices == 1, "nth {nth}");
        if devices == 0 && !is_done(&browser.post(&path, &form)) {
            assert_eq!(browser.post(&format!("{path}/code"), "").status, 303);
            form = format!("code={}", world.code(&whom));
        }
        assert!(is_done(&browser.post(&path, &form)), "nth {nth}");
        assert_eq!(world.circle(&whom).devices.len(), 1, "nth {nth}");
        let next = world.mail_to(&whom);
        assert_eq!(next.password, None, "nth {nth}");
        assert!(browser.opens(&got) && browser.opens(&next), "nth {nth}");
        if !failed {
            break;
        }
    }
    assert!(told[0] > 5 && told[1] > 0, "{told:?}");
}

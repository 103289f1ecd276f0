//! The scenarios of features 5.1.5, by their numbers.

use super::world::{ANNA, BO, Browser, EVA, World, on};
use crate::support::log::Log;
use crate::support::plant::Plant;
use cloakroom::gateway::quick::Quick;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::SenderLink;
use cloakroom::transfer::Telling;
use cloakroom::transfer::proof::PasswordLine;
use cloakroom::transfer::quick::Rules;
use jiff::Timestamp;
use std::sync::Arc;

/// 1. Invite, accept; the second mail has no password and no notice, and the receipt's line says so.
#[test]
fn s01_after_one_password_further_mails_need_none() {
    let world = World::on(on(), Arc::new(Memory::new()), |plant| Plant {
        telling: Telling::default(),
        ..plant
    });
    let first = world.mail_to(BO);
    assert!(first.password.is_some());
    let browser = world.set_up(&first);
    assert!(browser.token().is_some());
    let none_needed = "none needed: it opens on a device that the recipient has set up";
    assert!(!receipts(&world).contains(none_needed));

    let second = world.mail_to(BO);
    assert_eq!(second.password, None);
    let ticket = world.ticket(&second);
    assert_eq!(ticket.password_line, PasswordLine::Quick);
    let mails = world.mails_to(BO);
    let mut texts = mails
        .iter()
        .map(|mail| crate::support::decoded(&mail.content));
    let text = texts
        .find(|text| text.contains(&second.token))
        .expect("its mail");
    assert!(
        text.contains("No password is needed on a device that you have set up."),
        "{text}"
    );
    let shown = browser.page(&second);
    assert!(shown.contains("You need no password here"), "{shown}");
    assert!(browser.opens(&second));
    let receipts = receipts(&world);
    assert!(receipts.contains(none_needed), "{receipts}");
    // Looking opens nothing and changes nothing (P14), and a form of another site neither.
    let before = world.circle(BO);
    for path in [
        format!("/t/{}", second.token),
        format!("/open/{}/devices", second.id),
    ] {
        browser.get(&path);
    }
    assert_eq!(world.circle(BO), before);
    // He hears of the new device.
    let told: Vec<String> = world
        .mails_to(BO)
        .iter()
        .map(|m| crate::support::decoded(&m.content))
        .collect();
    let told = told
        .iter()
        .find(|text| text.contains("Device 1 was set up just now"));
    assert!(told.is_some_and(|text| text.contains(ANNA)), "{told:?}");
}

/// What the sender was told, without the ends of lines.
fn receipts(world: &World) -> String {
    let texts = world.mails_to(ANNA).into_iter();
    let texts: Vec<String> = texts.map(|m| crate::support::decoded(&m.content)).collect();
    let all = texts.join(" ");
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A link mail alone opens nothing: neither who reads the mailbox, nor a scanner that sends every form it finds.
#[test]
fn s01_who_reads_the_mailbox_alone_opens_nothing() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    let second = world.mail_to(BO);
    let thief = Browser::new(&world);
    assert_eq!(thief.type_in(&second, "").status, 400);
    assert_eq!(thief.type_in(&second, "password=&code=").status, 400);
    thief.put_token(&"ab".repeat(32));
    assert_eq!(thief.type_in(&second, "").status, 400);
    // Nor does the token without the link.
    let token = browser.token().expect("a token");
    thief.put_token(&token);
    assert_eq!(thief.get(&format!("/open/{}", second.id)).status, 403);
    assert_eq!(
        thief
            .post(&format!("/open/{}/devices", second.id), "")
            .status,
        403
    );
}

/// 2. Three invitations with different passwords; accept the third: the first two open.
#[test]
fn s02_earlier_transfers_of_the_pair_open_too() {
    let world = World::new(on());
    let all = [world.mail_to(BO), world.mail_to(BO), world.mail_to(BO)];
    let passwords: Vec<_> = all.iter().map(|got| got.password.clone()).collect();
    assert!(passwords[0] != passwords[1] && passwords[1] != passwords[2]);
    let browser = world.set_up(&all[2]);
    assert!(browser.opens(&all[0]) && browser.opens(&all[1]));
    // The passwords open them still, for who has no device.
    let other = Browser::new(&world);
    assert!(other.opens_with_password(&all[0]));
    assert!(!other.opens(&all[1]));
}

/// Another sender's first mail needs its password, and no code where the browser is a device already: the mailbox is proven there.
#[test]
fn s02_another_sender_begins_with_a_password_and_without_a_code() {
    let world = World::new(on());
    let browser = world.set_up(&world.mail_to(BO));
    let eva = "eva@example.org";
    let first = world.mail_of(eva, &[BO]).remove(0);
    assert!(first.password.is_some() && !browser.opens(&first));
    assert!(browser.opens_with_password(&first));
    let path = format!("/open/{}/devices", first.id);
    let page = browser.get(&path).text();
    assert!(
        page.contains("Set up this browser") && !page.contains("id=\"code\""),
        "{page}"
    );
    let since = world.circle(BO).devices[0].since;
    let done = browser.post(&path, "");
    let there = done.field("location").unwrap_or_default();
    assert!(there.ends_with("done=set-up"), "{}", done.text());
    let second = world.mail_of(eva, &[BO]).remove(0);
    assert_eq!(second.password, None);
    assert!(browser.opens(&second));
    assert_eq!(
        world.circle(BO).devices[0].since,
        since,
        "nothing was proven anew"
    );
}

/// 3. Not accepted: each new mail carries a new password.
#[test]
fn s03_what_is_not_accepted_keeps_its_passwords() {
    let world = World::new(on());
    let (first, second) = (world.mail_to(BO), world.mail_to(BO));
    let browser = Browser::new(&world);
    assert!(browser.opens_with_password(&first));
    // Asked for a code and entered none, or a wrong one.
    let path = format!("/open/{}/devices", first.id);
    assert_eq!(browser.post(&format!("{path}/code"), "").status, 303);
    assert_eq!(browser.post(&path, "").status, 400);
    let wrong = (world.code(BO).parse::<u32>().expect("digits") + 1) % 1_000_000;
    assert_eq!(browser.post(&path, &format!("code={wrong:06}")).status, 403);
    let third = world.mail_to(BO);
    let all = [&first, &second, &third].map(|got| got.password.clone().expect("one"));
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
    assert!(
        !browser.opens(&third),
        "what it is to be known by is nothing yet"
    );
    assert!(world.circle(BO).devices.is_empty());
}

/// 4. Cookies cleared: the page says what to do; a code from device A makes device B work; it dies after one use and after its time.
#[test]
fn s04_a_code_of_one_device_lets_another_in() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let a = world.set_up(&first);
    let second = world.mail_to(BO);
    let b = Browser::new(&world);
    let page = b.page(&second);
    assert!(page.contains("on a device that you have set up"), "{page}");
    assert!(page.contains("id=\"code\"") && page.contains("its cookies were deleted"));

    assert!(a.opens(&second));
    let late = a.make_code(&second);
    world.days_pass(BO, 1);
    assert_eq!(
        b.type_in(&second, &format!("code={late}")).status,
        403,
        "too late"
    );
    let code = a.make_code(&second);
    let entered = b.type_in(&second, &format!("code={}", code.to_lowercase()));
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert!(b.opens(&second) && b.opens(&first), "earlier ones too");
    let c = Browser::new(&world);
    assert_eq!(
        c.type_in(&second, &format!("code={code}")).status,
        403,
        "once"
    );

    // The first loses its cookies and is let in again by the second.
    a.clear();
    assert!(!a.opens(&second));
    assert!(b.opens(&second));
    let code = b.make_code(&second);
    assert_eq!(a.type_in(&second, &format!("code={code}")).status, 303);
    assert!(a.opens(&first));
    assert_eq!(world.mail_to(BO).password, None);
}

/// 5. A code of the operator's: both sides hear of it. Strict: it opens what comes; with keys kept: what came, too.
#[test]
fn s05_an_operators_code_brings_a_lost_device_back() {
    for keeps in [false, true] {
        let world = World::new(Rules { keeps, ..on() });
        let first = world.mail_to(BO);
        drop(world.set_up(&first));
        let second = world.mail_to(BO);
        let quick = Quick::new(world.gateway.store().clone(), Rules { keeps, ..on() });
        let (bo, now) = (
            BO.parse().expect("an address"),
            Timestamp::now().as_second(),
        );
        let nobody = "x@partner.example".parse().expect("an address");
        assert!(quick.operators_code(&nobody, now).expect("reads").is_none());
        let made = quick.operators_code(&bo, now).expect("writes");
        let (code, _) = made.expect("somebody sends him mail");
        world.rounds();
        for whom in [ANNA, BO] {
            let text = world.last_mail(whom);
            assert!(
                text.contains("An operator has made a code"),
                "{whom}: {text}"
            );
            assert!(!text.contains(&code.shown()), "{text}");
        }
        let lost = Browser::new(&world);
        let entered = lost.type_in(&second, &format!("code={}", code.shown()));
        assert_eq!(
            entered.status,
            if keeps { 303 } else { 200 },
            "{}",
            entered.text()
        );
        if !keeps {
            let text = entered.text();
            assert!(
                text.contains("What was sent before stays closed here"),
                "{text}"
            );
        }
        assert_eq!(lost.opens(&second), keeps);
        let third = world.mail_to(BO);
        assert_eq!(third.password, None);
        assert!(lost.opens(&third), "keeps: {keeps}");
    }
}

/// 6. 31 days idle: a password again. 29 days: not.
#[test]
fn s06_a_month_of_silence_ends_it() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    world.days_pass(BO, 29);
    let second = world.mail_to(BO);
    assert_eq!(second.password, None);
    assert!(browser.opens(&second), "it counts as used now");
    world.days_pass(BO, 29);
    let third = world.mail_to(BO);
    assert_eq!(third.password, None);
    // What came in its time opens in it, also later.
    world.days_pass(BO, 0);
    world.days_pass(BO, 2);
    let fourth = world.mail_to(BO);
    assert!(fourth.password.is_some(), "31 days");
    assert!(!browser.opens(&fourth));
    assert!(browser.opens_with_password(&fourth));
    let page = browser.devices(&fourth);
    assert!(page.contains("Send me a code"), "proven again: {page}");
    let token = browser.token();
    browser.connect(&fourth);
    assert_ne!(browser.token(), token, "another device");
    assert_eq!(world.mail_to(BO).password, None);
    for earlier in [&first, &second, &third, &fourth] {
        assert!(browser.opens(earlier), "what it could open it still opens");
    }
    assert_eq!(
        world.circle(BO).devices.len(),
        1,
        "in place of the one it was"
    );
}

/// 7. Two recipients, one connected: only the other gets a password.
#[test]
fn s07_each_recipient_gets_what_he_needs() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    let both = world.mail(&[BO, EVA, "stina@strict.example"]);
    assert_eq!(both[0].password, None);
    assert!(both[1].password.is_some() && both[2].password.is_some());
    assert!(browser.opens(&both[0]));
    assert!(!browser.opens(&both[1]), "not hers");
    let eva = Browser::new(&world);
    assert!(eva.opens_with_password(&both[1]));
    // Where the rule wants a password nothing is offered.
    let stina = Browser::new(&world);
    assert!(stina.opens_with_password(&both[2]));
    let files = stina.get(&format!("/open/{}", both[2].id)).text();
    assert!(!files.contains("/devices"), "{files}");
    assert_eq!(world.circle("stina@strict.example").pairs, []);
}

/// 9. A stolen token in another kind of browser: logged, and refused where the operator wants that.
#[test]
fn s09_a_token_in_another_kind_of_browser() {
    let log = Log::start();
    for check_browser in [false, true] {
        let world = World::new(Rules {
            check_browser,
            ..on()
        });
        let first = world.mail_to(BO);
        let browser = world.set_up(&first);
        let second = world.mail_to(BO);
        let newer = Browser {
            name: "Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0",
            ..Browser::new(&world)
        };
        let other = Browser {
            name: "curl/8.0",
            ..Browser::new(&world)
        };
        for thief in [&newer, &other] {
            let token = browser.token().expect("a token");
            thief.put_token(&token);
        }
        let lines = || {
            let log = String::from_utf8_lossy(&log.bytes()).into_owned();
            let told = |line: &&str| line.contains("another-browser");
            log.lines()
                .filter(told)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let before = lines().len();
        assert!(newer.opens(&second), "a new version is the same browser");
        assert_eq!(lines().len(), before, "and not worth a line");
        assert_eq!(other.opens(&second), !check_browser);
        let told = lines().split_off(before);
        assert!(!told.is_empty());
        for line in told {
            let said = format!("device=1 client=Some(127.0.0.1) refused={check_browser}");
            assert!(line.contains(&said), "{line}");
            let token = browser.token().expect("a token");
            assert!(!line.contains(&token), "no token in the log");
        }
    }
}

/// 10. The pages move to another address: the browser has no cookie there, and the page says what that may be.
#[test]
fn s10_another_address_of_the_pages_is_no_silent_failure() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = world.set_up(&first);
    let second = world.mail_to(BO);
    // As a browser does for a host that it does not know.
    browser.clear();
    let page = browser.page(&second);
    for said in [
        "these pages have moved to another address",
        "Devices without a password",
        "No such device any more?",
        "can end this and send it again with a password",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    // The sender is asked, ends it on his page, and the next mail brings a password.
    let asked = browser.post(&format!("/t/{}/ask", second.token), "");
    assert_eq!(asked.status, 303, "{}", asked.text());
    let token = SenderLink::token(world.store().master(), &second.id, None);
    let sender = Browser::new(&world);
    let page = sender.get(&format!("/s/{token}")).text();
    assert!(page.contains(&format!("/s/{token}/devices")), "{page}");
    let ended = sender.post(&format!("/s/{token}/devices"), "to=0");
    assert_eq!(
        ended.field("location"),
        Some(&*format!("/s/{token}?done=parted"))
    );
    let third = world.mail_to(BO);
    assert!(browser.opens_with_password(&third));
    world.rounds();
    assert!(
        world
            .last_mail(ANNA)
            .contains("needs a password again from the next mail on")
    );
}

/// 11. Wrong codes count with wrong passwords: where a device is set up, and where a code of another device is asked for.
#[test]
fn s11_wrong_codes_are_counted_with_wrong_passwords() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let browser = Browser::new(&world);
    assert!(browser.opens_with_password(&first));
    let path = format!("/open/{}/devices", first.id);
    let said = [0; 2].map(|_| browser.post(&path, "code=123456").status);
    assert_eq!(said, [409, 403], "no cookie, then: none was sent");
    assert_eq!(world.ticket(&first).wrong, 0, "nothing could be guessed");
    browser.post(&format!("{path}/code"), "");
    let right = world.code(BO);
    let wrong = format!(
        "code={:06}",
        (right.parse::<u32>().expect("digits") + 1) % 1_000_000
    );
    let said: Vec<u16> = (0..3).map(|_| browser.post(&path, &wrong).status).collect();
    assert_eq!(said, [403, 403, 429]);
    assert_eq!(world.ticket(&first).wrong, 3);
    assert_eq!(
        browser.post(&path, &format!("code={right}")).status,
        429,
        "not now"
    );
    let stranger = Browser::new(&world);
    let form = format!("password={}", first.password.clone().expect("one"));
    assert_eq!(stranger.type_in(&first, &form).status, 429, "of one count");

    let again = world.mail_to(BO);
    let device = world.set_up(&again);
    let pure = world.mail_to(BO);
    let said: Vec<u16> = (0..3)
        .map(|_| stranger.type_in(&pure, "code=AAAA-BBBB-CCCC-DDDD").status)
        .collect();
    assert_eq!(said, [403, 403, 429]);
    assert!(device.opens(&pure), "a device is kept out by nobody");
}
